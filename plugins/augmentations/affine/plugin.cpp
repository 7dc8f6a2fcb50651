#include "shoal/plugin.h"

#include "affine.h"
#include "each_image.h"

namespace {

struct Params {
  double shift = 0.1;
  double rotate = 15;
  double scale = 0.15;
  double shear = 0.2;
  double fill = 0;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("shift", &Params::shift, "the most that an image is shifted, as a share of its width and height")
        .min(0)
        .max(1);
    schema.field("rotate", &Params::rotate, "the most that it is turned either way").min(0).max(180).unit("degrees");
    schema.field("scale", &Params::scale, "s: it is scaled by a factor in [1 - s, 1 + s]").min(0).below(1);
    schema.field("shear", &Params::shear, "the most that a row is shifted against the next, in pixels").min(0).max(10);
    schema.field("fill", &Params::fill, "what is seen outside of the image").min(0).max(1);
  }
};

class Affine final : public shoal::Augmentation {
 public:
  explicit Affine(const Params& params)
      : ranges_{params.shift, params.rotate, params.scale, params.shear}, fill_(static_cast<float>(params.fill)) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto seen = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      warp(image, shape, draw_affine(ranges_, shape.height, shape.width, stream), fill_, out);
    };
    return each_image(context, batch, random, seen);
  }

 private:
  AffineRanges ranges_;
  float fill_;
};

}  // namespace

SHOAL_PLUGIN("affine", "0.1.0", "random shifts, turns, scales and shears of images") {
  plugin.add<Affine, Params>("augmentation/affine");
}
