// clusterer/hdbscan: clusters that persist over a range of densities; the rest is noise.
#include "shoal/plugin.h"

#include <algorithm>
#include <optional>

#include "hdbscan.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/squares_fit.h"

namespace {

using shoal::Index;

struct Params {
  std::int64_t min_cluster_size = 5;
  std::optional<std::int64_t> min_samples;
  Selection cluster_selection_method = Selection::kExcessOfMass;
  double cluster_selection_epsilon = 0;
  bool allow_single_cluster = false;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("min_cluster_size", &Params::min_cluster_size, "a smaller group is no cluster").min(2);
    schema
        .field("min_samples", &Params::min_samples,
               "the so-many-th nearest example, itself the first, says how dense it is around one; more, more noise; "
               "left out: min_cluster_size")
        .min(1);
    schema
        .field("cluster_selection_method", &Params::cluster_selection_method,
               "eom: the clusters that persist longest; leaf: the finest ones")
        .one_of({{"eom", Selection::kExcessOfMass}, {"leaf", Selection::kLeaf}});
    schema
        .field("cluster_selection_epsilon", &Params::cluster_selection_epsilon,
               "clusters that part at a smaller distance than this stay one")
        .min(0.0);
    schema.field("allow_single_cluster", &Params::allow_single_cluster, "one cluster alone may be the result");
  }
};

class HdbscanClusterer final : public shoal::Clusterer {
 public:
  explicit HdbscanClusterer(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows(), min_samples = params_.min_samples.value_or(params_.min_cluster_size);
    shoal::require(min_samples <= n, "min_samples is {}{} but there are only {} examples", min_samples,
                   params_.min_samples ? "" : " (as min_cluster_size)", n);
    shoal::kernels::require_squares_fit(context, input.features);
    const Selected found = hdbscan(context, input.features,
                                   {.min_cluster_size = params_.min_cluster_size,
                                    .min_samples = min_samples,
                                    .select = {.method = params_.cluster_selection_method,
                                               .epsilon = params_.cluster_selection_epsilon,
                                               .allow_single = params_.allow_single_cluster}});
    const auto noise = std::count(found.labels.begin(), found.labels.end(), -1);
    context.log(shoal::Level::kInfo, "{} clusters; {} of {} examples are noise", found.clusters, noise, n);
    if (found.clusters == 0)
      context.log(shoal::Level::kWarning,
                  "all examples are noise: nowhere do two groups of {} part; take a smaller min_cluster_size, or "
                  "allow_single_cluster",
                  params_.min_cluster_size);
    return {.labels = context.copy(found.labels), .clusters = found.clusters, .iterations = 1};
  }

  void predict(shoal::Context&, shoal::ConstArray, shoal::MutableArray) const override {
    throw shoal::Unsupported("hdbscan has labels for the fitted examples only: a new one would change the tree");
  }

 private:
  Params params_;
};

}  // namespace

SHOAL_PLUGIN("hdbscan", "0.1.0", "HDBSCAN: clusters that persist over a range of densities; exact") {
  using shoal::DType;
  plugin.add<HdbscanClusterer, Params>("clusterer/hdbscan")
      .noise()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
