#include "shoal/plugin.h"

#include "each_image.h"
#include "elastic.h"

namespace {

struct Params {
  double alpha = 1.5;
  double sigma = 4;
  double fill = 0;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("alpha", &Params::alpha, "how far pixels are moved: root mean square").min(0).max(1000).unit("pixels");
    schema.field("sigma", &Params::sigma, "how smoothly: standard deviation of the Gaussian over the noise")
        .min(0.5)
        .max(1000)
        .unit("pixels");
    schema.field("fill", &Params::fill, "what is seen outside of the image").min(0).max(1);
  }
};

class Elastic final : public shoal::Augmentation {
 public:
  explicit Elastic(const Params& params)
      : ranges_{params.alpha, params.sigma}, fill_(static_cast<float>(params.fill)) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    const auto bent = [&](const float* image, const ImageShape& shape, const shoal::Random& stream, float* out) {
      displace(image, shape, draw_displacement(ranges_, shape, stream), fill_, out);
    };
    return each_image(context, batch, random, bent);
  }

 private:
  ElasticRanges ranges_;
  float fill_;
};

}  // namespace

SHOAL_PLUGIN("elastic", "0.1.0", "images bent by smooth random fields") {
  plugin.add<Elastic, Params>("augmentation/elastic");
}
