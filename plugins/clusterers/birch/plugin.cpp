// clusterer/birch: examples are summed up in a tree as they come, and the sums are clustered.
#include "shoal/plugin.h"

#include <algorithm>

#include "cf_tree.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/joins.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/squares_fit.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

constexpr Index kRowsBetweenReports = 1024;

struct Params {
  std::optional<std::int64_t> k;
  double threshold = 0.5;
  std::int64_t branching_factor = 50;

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field(
            "k", &Params::k,
            "number of clusters that subclusters are joined to, by Ward's linkage; left out: subclusters are clusters")
        .min(1)
        .renamed_from({"n_clusters"});
    schema
        .field("threshold", &Params::threshold,
               "an example joins the nearest subcluster if its radius, the root of the mean squared distance to the "
               "mean, stays at most this")
        .min(0.0);
    schema.field("branching_factor", &Params::branching_factor, "subclusters in a node of the tree at most").min(2);
  }
};

class Birch final : public shoal::Clusterer, public shoal::PartialFit, public shoal::Stateful {
 public:
  explicit Birch(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows(), k = params_.k.value_or(1);
    shoal::require(n >= k, "k is {} but there are only {} examples", k, n);
    shoal::kernels::require_squares_fit(context, input.features);
    CfTree tree(input.features.cols(), params_.threshold, params_.branching_factor);
    insert(context, tree, input.features);
    learn(context, std::move(tree));
    shoal::Clustering out{.labels = context.allocate<Index>({input.features.rows()}),
                          .clusters = 1 + *std::max_element(labels_.begin(), labels_.end()),
                          .iterations = 1};
    predict(context, input.features, out.labels.mutable_view());
    return out;
  }

  void partial_fit(shoal::Context& context, ConstArray batch) override {
    shoal::kernels::require_squares_fit(context, batch);
    if (!tree_) {
      CfTree tree(batch.cols(), params_.threshold, params_.branching_factor);
      insert(context, tree, batch);
      return learn(context, std::move(tree));
    }
    shoal::require_feature_shape(batch, {.cols = tree_->cols()});
    CfTree tree = *tree_;  // so that after a stop it is as before
    insert(context, tree, batch);
    learn(context, std::move(tree));
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    if (!tree_) throw shoal::StateError("birch is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = tree_->cols()});
    shoal::kernels::nearest(context, features, ConstArray(means_), labels);
    for (Index& label : labels.vector<Index>()) label = labels_[static_cast<std::size_t>(label)];
  }

  void save(shoal::StateWriter& state) const override {
    if (!tree_) throw shoal::StateError("birch has no state to save before it is fitted");
    const SavedTree saved = tree_->save();
    state.put("nodes", ConstArray(saved.nodes));
    state.put("features", ConstArray(saved.features));
    state.put("sums", ConstArray(saved.sums));
    state.put("squares", ConstArray(saved.squares));
    state.put("labels", ConstArray(labels_));
  }

  void load(const shoal::StateReader& state) override {
    const auto squares = state.get("squares").vector<double>();
    const auto labels = state.get("labels").vector<Index>();
    CfTree tree({.nodes = state.get("nodes").matrix<Index>(),
                 .features = state.get("features").matrix<Index>(),
                 .sums = state.get("sums").matrix<double>(),
                 .squares = {squares.begin(), squares.end()}},
                params_.threshold, params_.branching_factor);
    RowMatrix<double> means = tree.means();
    shoal::require(means.rows() == static_cast<Index>(labels.size()),
                   "the saved state has {} subclusters, but {} labels", means.rows(), labels.size());
    tree_ = std::move(tree);
    means_ = std::move(means);
    labels_.assign(labels.begin(), labels.end());
  }

 private:
  void insert(const shoal::Context& context, CfTree& tree, ConstArray features) const {
    for (Index from = 0; from < features.rows(); from += kRowsBetweenReports) {
      context.progress(from, features.rows(), "rows");
      const RowMatrix<double> rows =
          shoal::to_float64(features.slice(from, std::min(features.rows(), from + kRowsBetweenReports)));
      for (Index i = 0; i < rows.rows(); ++i) tree.insert(rows.row(i).data());
    }
  }

  // Clusters of the subclusters; the tree becomes ours when all has gone well.
  void learn(shoal::Context& context, CfTree tree) {
    RowMatrix<double> means = tree.means();
    const Index count = means.rows(), k = std::min(count, params_.k.value_or(count));
    std::vector<Index> labels(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<Index>(i);
    if (k < count) {
      auto joins = shoal::kernels::ward_joins(context, ConstArray(means));
      std::stable_sort(joins.begin(), joins.end(), [](const auto& a, const auto& b) { return a.length < b.length; });
      labels = shoal::kernels::cut_joins(joins, count, k);
    }
    context.log(shoal::Level::kInfo, "{} subclusters", count);
    if (params_.k.value_or(0) > count)
      context.log(shoal::Level::kWarning, "k is {} but there are only {} subclusters: take a smaller threshold",
                  *params_.k, count);
    tree_ = std::move(tree);
    means_ = std::move(means);
    labels_ = std::move(labels);
  }

  Params params_;
  std::optional<CfTree> tree_;  // nothing before fit
  RowMatrix<double> means_;     // (S, D) of the subclusters
  std::vector<Index> labels_;   // (S) the cluster of each
};

}  // namespace

SHOAL_PLUGIN("birch", "0.1.0", "BIRCH: one pass that sums examples up in a tree, then Ward's linkage of the sums") {
  using shoal::DType;
  plugin.add<Birch, Params>("clusterer/birch").dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
