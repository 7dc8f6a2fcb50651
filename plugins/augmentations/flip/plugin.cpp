#include "shoal/plugin.h"

#include "each_image.h"
#include "flip.h"

namespace {

struct Params {
  double horizontal = 0.5;
  double vertical = 0;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("horizontal", &Params::horizontal, "the probability that left and right change places")
        .min(0)
        .max(1)
        .renamed_from({"p"});
    schema.field("vertical", &Params::vertical, "the probability that top and bottom do").min(0).max(1);
  }
};

class Flip final : public shoal::Augmentation {
 public:
  explicit Flip(const Params& params) : params_(params) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto flipped = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      flip(image, shape, draw_flips(params_.horizontal, params_.vertical, stream), out);
    };
    return each_image(context, batch, random, flipped);
  }

 private:
  Params params_;
};

}  // namespace

SHOAL_PLUGIN("flip", "0.1.0", "mirror images at random") { plugin.add<Flip, Params>("augmentation/flip"); }
