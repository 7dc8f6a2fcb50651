#include "shoal/plugin.h"

#include "crop.h"
#include "each_image.h"

namespace {

struct Params {
  std::int64_t padding = 4;
  double fill = 0;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("padding", &Params::padding, "the most that an image is shifted each way")
        .min(0)
        .max(65536)
        .unit("pixels");
    schema.field("fill", &Params::fill, "what is seen outside of the image").min(0).max(1);
  }
};

class Crop final : public shoal::Augmentation {
 public:
  explicit Crop(const Params& params) : padding_(params.padding), fill_(static_cast<float>(params.fill)) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto cropped = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      crop(image, shape, draw_offset(padding_, stream), fill_, out);
    };
    return each_image(context, batch, random, cropped);
  }

 private:
  std::int64_t padding_;
  float fill_;
};

}  // namespace

SHOAL_PLUGIN("crop", "0.1.0", "random crops of padded images") { plugin.add<Crop, Params>("augmentation/crop"); }
