#include "shoal/plugin.h"

#include "contrast.h"
#include "each_image.h"

namespace {

struct Params {
  double contrast = 0.4;
  double brightness = 0.2;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("contrast", &Params::contrast, "c: differences from the mean are scaled by a factor in [1 - c, 1 + c]")
        .min(0)
        .max(1);
    schema.field("brightness", &Params::brightness, "the most that is added to all pixels, or taken from them")
        .min(0)
        .max(1);
  }
};

class Contrast final : public shoal::Augmentation {
 public:
  explicit Contrast(const Params& params) : params_(params) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto retoned = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      retone(image, shape, draw_tone(params_.contrast, params_.brightness, stream), out);
    };
    return each_image(context, batch, random, retoned);
  }

 private:
  Params params_;
};

}  // namespace

SHOAL_PLUGIN("contrast", "0.1.0", "random contrast and brightness of images") {
  plugin.add<Contrast, Params>("augmentation/contrast");
}
