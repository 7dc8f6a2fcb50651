#include "shoal/plugin.h"

#include "blur.h"
#include "each_image.h"

namespace {

struct Params {
  double p = 0.5;
  double min_sigma = 0.1;
  double max_sigma = 2;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("p", &Params::p, "the probability that an image is blurred").min(0).max(1);
    schema.field("min_sigma", &Params::min_sigma, "the least standard deviation of the Gaussian")
        .min(0)
        .max(100)
        .unit("pixels");
    schema.field("max_sigma", &Params::max_sigma, "the greatest").min(0).max(100).unit("pixels");
  }
  void check() const {
    shoal::require(min_sigma <= max_sigma, "'min_sigma' must be at most 'max_sigma' ({}), but is {}", max_sigma,
                   min_sigma);
  }
};

class Blur final : public shoal::Augmentation {
 public:
  explicit Blur(const Params& params) : ranges_{params.p, params.min_sigma, params.max_sigma} {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto blurred = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      blur(image, shape, gaussian_kernel(draw_sigma(ranges_, stream)), out);
    };
    return each_image(context, batch, random, blurred);
  }

 private:
  BlurRanges ranges_;
};

}  // namespace

SHOAL_PLUGIN("blur", "0.1.0", "Gaussian blur of random width") { plugin.add<Blur, Params>("augmentation/blur"); }
