// metric/silhouette: whether examples are nearer to their own cluster than to the next one.
#include "shoal/plugin.h"

#include <algorithm>

#include "shoal/kernels/silhouette.h"
#include "shoal/kernels/squares_fit.h"

namespace {

namespace kernels = shoal::kernels;
using shoal::Index;

enum class Method { kFull, kSimplified };

struct Params {
  Method method = Method::kFull;
  std::int64_t sample = 0;
  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("method", &Params::method,
               "full: distances to all examples, O(N²·D); simplified: to the means of the clusters, O(N·K·D)")
        .one_of({{"full", Method::kFull}, {"simplified", Method::kSimplified}});
    schema
        .field("sample", &Params::sample,
               "so many examples, drawn by chance, are looked at, each against all of them; 0: every example")
        .min(0)
        .renamed_from({"sample_size"});
  }
};

class SilhouetteMetric final : public shoal::Metric {
 public:
  explicit SilhouetteMetric(const Params& params) : params_(params) {}

  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const shoal::ConstArray features = evidence["features"];
    shoal::require_features(context, features);
    shoal::kernels::require_squares_fit(context, features);
    const kernels::ClusteredRows clustered = kernels::clustered_rows(evidence.labels("labels"), features.rows());
    const std::vector<Index> looked_at = draw(context, static_cast<Index>(clustered.rows.size()));
    const kernels::Silhouette found = params_.method == Method::kFull
                                          ? kernels::silhouette(context, features, clustered, looked_at)
                                          : kernels::simplified_silhouette(context, features, clustered, looked_at);
    results.number("silhouette", found.mean);
    results.array("by_cluster", context.copy(found.by_cluster));
    results.number("rows", static_cast<double>(looked_at.empty() ? clustered.rows.size() : looked_at.size()));
    results.number("noise", static_cast<double>(clustered.noise));
  }

 private:
  /// Places of n that are looked at, ascending; none where it is all of them.
  std::vector<Index> draw(const shoal::Context& context, Index n) const {
    if (params_.sample == 0 || params_.sample >= n) return {};
    std::vector<Index> out = context.random("sample").permutation(n);
    out.resize(static_cast<std::size_t>(params_.sample));
    std::sort(out.begin(), out.end());
    return out;
  }

  Params params_;
};

}  // namespace

SHOAL_PLUGIN("silhouette", "0.1.0", "whether examples are nearer to their own cluster than to the next one") {
  plugin.add<SilhouetteMetric, Params>("metric/silhouette")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8})
      .in<shoal::Features>("features", "what was clustered (N, D)")
      .in<shoal::Labels>("labels", "the cluster of each example (N); −1 is noise and counts nowhere")
      .out<shoal::Number>("silhouette", "mean over examples, −1 to 1; 0: between two clusters", SHOAL_HIGHER)
      .out<shoal::AnyArray>("by_cluster", "(K) float64: the mean of each cluster that occurs, ascending")
      .out<shoal::Number>("rows", "how many examples were looked at")
      .out<shoal::Number>("noise", "how many are noise and were left out");
}
