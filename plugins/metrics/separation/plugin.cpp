// metric/separation: how far apart clusters lie for their width.
#include "shoal/plugin.h"

#include "separation.h"
#include "shoal/kernels/squares_fit.h"

namespace {

class SeparationMetric final : public shoal::Metric {
 public:
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const shoal::ConstArray features = evidence["features"];
    shoal::require_features(context, features);
    shoal::kernels::require_squares_fit(context, features);
    const auto clustered = shoal::kernels::clustered_rows(evidence.labels("labels"), features.rows());
    const Separation found = separation(context, features, clustered);
    results.number("calinski_harabasz", found.calinski_harabasz);
    results.number("davies_bouldin", found.davies_bouldin);
    results.number("noise", static_cast<double>(clustered.noise));
  }
};

}  // namespace

SHOAL_PLUGIN("separation", "0.1.0", "how far apart clusters lie for their width: Calinski-Harabasz, Davies-Bouldin") {
  plugin.add<SeparationMetric>("metric/separation")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8})
      .in<shoal::Features>("features", "what was clustered (N, D)")
      .in<shoal::Labels>("labels", "the cluster of each example (N); −1 is noise and counts nowhere")
      .out<shoal::Number>("calinski_harabasz", "variance of the means over that within clusters", SHOAL_HIGHER)
      .out<shoal::Number>("davies_bouldin", "widths over distance, to each cluster's worst neighbour", SHOAL_LOWER)
      .out<shoal::Number>("noise", "how many examples are noise and were left out");
}
