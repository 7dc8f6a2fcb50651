// clusterer/agglomerative: the two nearest clusters are joined until k are left.
#include "shoal/plugin.h"

#include "linkage.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/joins.h"
#include "shoal/kernels/pairwise.h"
#include "shoal/kernels/squares_fit.h"

namespace {

using shoal::Index;

struct Params {
  std::int64_t k = 2;
  Linkage linkage = Linkage::kWard;
  double memory_limit_gb = shoal::kernels::kDistancesLimitGb;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema
        .field("linkage", &Params::linkage,
               "how far two clusters are apart: ward, the rise of the within-cluster sum of squares; single, complete, "
               "average: the least, greatest, mean distance of their examples")
        .one_of({{"ward", Linkage::kWard},
                 {"single", Linkage::kSingle},
                 {"complete", Linkage::kComplete},
                 {"average", Linkage::kAverage}});
    schema
        .field("memory_limit_gb", &Params::memory_limit_gb,
               "what the distances of all examples may take, which complete and average need")
        .min(0.0);
  }
};

class Agglomerative final : public shoal::Clusterer {
 public:
  explicit Agglomerative(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    if (params_.linkage == Linkage::kComplete || params_.linkage == Linkage::kAverage)
      shoal::kernels::require_distances_fit(n, 4, params_.memory_limit_gb,
                                            "take ward or single, which need none of them");
    shoal::kernels::require_squares_fit(context, input.features);
    const auto joins = join_all(context, input.features, params_.linkage);
    return {
        .labels = context.copy(shoal::kernels::cut_joins(joins, n, params_.k)), .clusters = params_.k, .iterations = 1};
  }

  void predict(shoal::Context&, shoal::ConstArray, shoal::MutableArray) const override {
    throw shoal::Unsupported("agglomerative has labels for the fitted examples only: a new one would change the joins");
  }

 private:
  Params params_;
};

}  // namespace

SHOAL_PLUGIN("agglomerative", "0.1.0", "agglomerative clustering: Ward's, single, complete or average linkage") {
  using shoal::DType;
  plugin.add<Agglomerative, Params>("clusterer/agglomerative")
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
