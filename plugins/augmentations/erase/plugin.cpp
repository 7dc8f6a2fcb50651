#include "shoal/plugin.h"

#include "each_image.h"
#include "erase.h"

namespace {

struct Params {
  double p = 0.5;
  std::int64_t min_side = 4;
  std::int64_t max_side = 14;
  double fill = 0;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("p", &Params::p, "the probability that an image loses a rectangle").min(0).max(1);
    schema.field("min_side", &Params::min_side, "the least height and width of the rectangle")
        .min(0)
        .max(65536)
        .unit("pixels");
    schema.field("max_side", &Params::max_side, "the greatest").min(0).max(65536).unit("pixels");
    schema.field("fill", &Params::fill, "what is put in its place").min(0).max(1).renamed_from({"value"});
  }
  void check() const {
    shoal::require(min_side <= max_side, "'min_side' must be at most 'max_side' ({}), but is {}", max_side, min_side);
  }
};

class Erase final : public shoal::Augmentation {
 public:
  explicit Erase(const Params& params)
      : ranges_{params.p, params.min_side, params.max_side}, fill_(static_cast<float>(params.fill)) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto erased = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      erase(image, shape, draw_rectangle(ranges_, shape, stream), fill_, out);
    };
    return each_image(context, batch, random, erased);
  }

 private:
  EraseRanges ranges_;
  float fill_;
};

}  // namespace

SHOAL_PLUGIN("erase", "0.1.0", "a random rectangle of each image is hidden") {
  plugin.add<Erase, Params>("augmentation/erase");
}
