// clusterer/bisecting-kmeans: k-means that splits one cluster in two until there are k.
#include "shoal/plugin.h"

#include "bisect.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;

struct Params {
  std::int64_t k = 8;
  Strategy bisecting_strategy = Strategy::kBiggestInertia;
  shoal::kernels::Seeding init = shoal::kernels::Seeding::kRandom;
  std::int64_t n_init = 1;
  std::int64_t max_iter = 300;
  double tol = 1e-4;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema
        .field("bisecting_strategy", &Params::bisecting_strategy,
               "which cluster is split next: the one of the biggest_inertia, or the largest_cluster by weight")
        .one_of({{"biggest_inertia", Strategy::kBiggestInertia}, {"largest_cluster", Strategy::kLargestCluster}});
    schema.field("init", &Params::init, "how the first two centroids of a split are chosen")
        .one_of(shoal::kernels::kSeedings);
    schema.field("n_init", &Params::n_init, "starts of each split, of which the one with the lowest inertia is kept")
        .min(1);
    schema.field("max_iter", &Params::max_iter, "iterations of one start of a split at most").min(1);
    schema
        .field("tol", &Params::tol,
               "a split stops when its centroids' squared shifts add up to at most tol times the mean variance of a "
               "column of all the features")
        .min(0.0);
  }
};

class BisectingKMeans final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit BisectingKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    shoal::kernels::require_squares_fit(context, input.features);
    const double variance =
        params_.tol == 0 ? 0 : shoal::kernels::spread(context, input.features, weights).mean_variance;
    const BisectOptions options{.k = params_.k,
                                .strategy = params_.bisecting_strategy,
                                .n_init = params_.n_init,
                                .stop = {.max_iter = params_.max_iter, .squared_shift = params_.tol * variance}};
    const shoal::Random random = context.random("init");
    Bisected found =
        bisect(context, input.features, weights, options,
               [&](shoal::ConstArray rows, std::span<const double> row_weights, Index split, Index start) {
                 const shoal::Random stream =
                     random.fork(static_cast<std::uint64_t>(split)).fork(static_cast<std::uint64_t>(start));
                 return shoal::kernels::take_rows(
                     rows, shoal::kernels::seed_rows(params_.init, context, rows, 2, stream, row_weights));
               });
    shoal::kernels::warn_of_empty(context, input.features, found.labels, params_.k, weights);
    shoal::Clustering out{.labels = context.copy(found.labels),
                          .centroids = context.copy(found.tree.leaves()),
                          .clusters = params_.k,
                          .iterations = found.iterations,
                          .converged = found.converged};
    tree_ = std::move(found.tree);
    return out;
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (tree_.nodes.empty()) throw shoal::StateError("bisecting-kmeans is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = tree_.centroids.cols()});
    shoal::kernels::require_squares_fit(context, features);
    descend(context, tree_, features, labels.vector<Index>());
  }

  void save(shoal::StateWriter& state) const override {
    if (tree_.nodes.empty()) throw shoal::StateError("bisecting-kmeans has no state to save before it is fitted");
    RowMatrix<Index> nodes(static_cast<Index>(tree_.nodes.size()), 3);
    for (Index i = 0; i < nodes.rows(); ++i) {
      const SplitTree::Node& node = tree_.nodes[static_cast<std::size_t>(i)];
      nodes.row(i) << node.left, node.right, node.label;
    }
    state.put("nodes", shoal::ConstArray(nodes));
    state.put("centroids", shoal::ConstArray(tree_.centroids));
  }

  void load(const shoal::StateReader& state) override {
    const RowMatrix<Index> nodes = state.get("nodes").matrix<Index>();
    shoal::require_features(state.get("centroids"));
    SplitTree tree{.centroids = state.get("centroids").matrix<double>()};
    const Index count = 2 * params_.k - 1;
    shoal::require(nodes.rows() == count && nodes.cols() == 3 && tree.centroids.rows() == count,
                   "k is {}, whose tree has {} nodes, but the saved state has {} and {} centroids", params_.k, count,
                   nodes.rows(), tree.centroids.rows());
    std::vector<Index> seen(static_cast<std::size_t>(params_.k));
    for (Index i = 0; i < count; ++i) {
      const SplitTree::Node node{nodes(i, 0), nodes(i, 1), nodes(i, 2)};
      const bool leaf = node.left < 0 && node.label >= 0 && node.label < params_.k;
      // Halves come after their whole, so there is no way back up.
      const bool inner = node.left > i && node.left < count && node.right > i && node.right < count;
      shoal::require(leaf || inner, "node {} of the saved tree has halves {} and {} and label {}", i, node.left,
                     node.right, node.label);
      if (leaf) ++seen[static_cast<std::size_t>(node.label)];
      tree.nodes.push_back(node);
    }
    for (Index label = 0; label < params_.k; ++label)
      shoal::require(seen[static_cast<std::size_t>(label)] == 1, "label {} has {} leaves in the saved tree", label,
                     seen[static_cast<std::size_t>(label)]);
    tree_ = std::move(tree);
  }

 private:
  Params params_;
  SplitTree tree_;  // no nodes before fit
};

}  // namespace

SHOAL_PLUGIN("bisecting-kmeans", "0.1.0", "k-means that splits one cluster in two until there are k") {
  using shoal::DType;
  plugin.add<BisectingKMeans, Params>("clusterer/bisecting-kmeans")
      .random()
      .takes_weights()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
