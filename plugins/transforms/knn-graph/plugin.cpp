// transform/knn-graph: the nearest fitted examples of each example, as row numbers.
#include "shoal/plugin.h"

#include "shoal/kernels/neighbors.h"
#include "shoal/transform.h"

namespace {

using shoal::Index;
using shoal::kernels::ComparableRows;
using shoal::kernels::Distance;
using shoal::kernels::nearest_neighbors;
using shoal::kernels::Neighbors;

struct Params {
  std::int64_t k = 20;
  Distance metric = Distance::kCosine;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "neighbours of each example; fewer than the fitted examples")
        .min(1)
        .renamed_from({"n_neighbors"});
    schema.field("metric", &Params::metric, "how far apart two examples are").one_of(shoal::kernels::kDistances);
  }
};

class KnnGraph final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit KnnGraph(const Params& params) : params_(params) {}

  void fit(shoal::Context&, shoal::ConstArray features) override {
    shoal::require_features(features);
    shoal::require(params_.k < features.rows(), "k is {}, but an example has only {} others", params_.k,
                   features.rows() - 1);
    fitted_ = ComparableRows(features, params_.metric);
  }

  Index columns(Index) const override { return params_.k; }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    const shoal::ConstArray fitted = fitted_.view();
    if (fitted.rows() == 0) throw shoal::StateError("knn-graph is applied before it is fitted");
    shoal::require_features(features, {.cols = fitted.cols()});
    const ComparableRows queries(features, params_.metric);
    const Neighbors found = queries.same_as(fitted_) ? nearest_neighbors(context, fitted, params_.k)
                                                     : nearest_neighbors(context, queries.view(), fitted, params_.k);
    auto to = out.matrix<Index>();
    for (Index i = 0; i < to.rows(); ++i) std::copy_n(found.of(i).begin(), params_.k, to.row(i).data());
  }

  void save(shoal::StateWriter& state) const override {
    if (fitted_.view().rows() == 0) throw shoal::StateError("knn-graph has no state to save before it is fitted");
    state.put("examples", fitted_.view());
  }

  void load(const shoal::StateReader& state) override {
    const shoal::ConstArray examples = state.get("examples");
    shoal::require_features(examples, {.min_rows = params_.k + 1});
    fitted_ = ComparableRows(examples, Distance::kEuclidean);  // as they were kept: comparable
  }

 private:
  Params params_;
  ComparableRows fitted_;  // none before fit
};

}  // namespace

SHOAL_PLUGIN("knn-graph", "0.1.0", "the nearest fitted examples of each example, exactly, as row numbers") {
  using shoal::DType;
  plugin.add<KnnGraph, Params>("transform/knn-graph")
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8})
      .gives_int64();
}
