#include "shoal/plugin.h"

#include "each_image.h"
#include "noise.h"

namespace {

struct Params {
  double sigma = 0.1;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("sigma", &Params::sigma, "standard deviation of what is added to each number").min(0).max(10);
  }
};

class Noise final : public shoal::Augmentation {
 public:
  explicit Noise(const Params& params) : sigma_(params.sigma) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto noisy = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      add_noise(image, shape, sigma_, stream, out);
    };
    return each_image(context, batch, random, noisy);
  }

 private:
  double sigma_;
};

}  // namespace

SHOAL_PLUGIN("noise", "0.1.0", "Gaussian noise on images") { plugin.add<Noise, Params>("augmentation/noise"); }
