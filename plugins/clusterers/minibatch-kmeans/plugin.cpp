// clusterer/minibatch-kmeans: k-means from small batches, also of a stream.
#include "shoal/plugin.h"

#include "minibatch.h"
#include "nested.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/starts.h"
#include "shoal/kernels/sums.h"
#include "starts.h"

using Params = MiniBatchParams;

void MiniBatchParams::describe(shoal::Schema<Params>& schema) {
  schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
  schema
      .field("algorithm", &Params::algorithm,
             "sculley: independent batches, scikit-learn's procedure; nested: a batch that only grows")
      .one_of({"sculley", "nested"});
  schema.field("init", &Params::init, "how the first centroids are chosen, unless the port 'init' is wired")
      .one_of({"k-means++", "random"});
  schema
      .field("n_init", &Params::n_init,
             "starts, of which the best on a validation set goes on; left out: 1 for k-means++, 3 for random")
      .min(1);
  schema
      .field("init_size", &Params::init_size,
             "rows that a start is chosen from; left out: 3 batches, or 3 k where 3 batches are fewer than k")
      .min(1);
  schema.field("batch_size", &Params::batch_size, "examples in a step; with nested, in the first one").min(1);
  schema.field("max_iter", &Params::max_iter, "passes over the features at most").min(1);
  schema
      .field("tol", &Params::tol,
             "stop when the centroids' squared shifts in a step add up to at most tol times the mean variance of a "
             "column (nested: double the batch, stop with the whole); 0: never for that reason")
      .min(0.0);
  schema
      .field("max_no_improvement", &Params::max_no_improvement,
             "sculley: stop when the smoothed inertia of the batches has not fallen for so many steps; null: never")
      .min(0);
  schema
      .field("reassignment_ratio", &Params::reassignment_ratio,
             "sculley: clusters with less than this share of the largest one's examples are moved to rows of a batch")
      .min(0.0)
      .max(1.0);
  schema
      .field("rho", &Params::rho,
             "nested: the batch doubles, and the fit ends when it is the whole, once the median over clusters of "
             "(standard error of the centroid) / (its last move) is above this; null: once no centroid moves")
      .above(0.0);
}

namespace {

using shoal::ConstArray;
using shoal::Index;

class MiniBatchKMeans final : public shoal::Clusterer, public shoal::PartialFit, public shoal::Stateful {
 public:
  explicit MiniBatchKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    shoal::kernels::require_squares_fit(context, input.features);
    if (input.init) shoal::kernels::require_squares_fit(context, *input.init, "initial centroids");
    const auto weighted = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; });
    shoal::require(weights.empty() || weighted >= params_.k, "k is {} but only {} examples have a weight above 0",
                   params_.k, weighted);
    shoal::kernels::require_initial_centroids(input, params_.k);
    shoal::kernels::warn_of_one_start(context, input, params_.n_init);

    const auto fit_as_told = params_.algorithm == "nested" ? &fit_nested : &fit_minibatch;
    MiniBatchFit found = fit_as_told(context, input.features, weights, input.init, params_);
    shoal::kernels::warn_of_empty(context, input.features, found.labels, params_.k, weights);
    shoal::Clustering out{.labels = context.copy(found.labels),
                          .centroids = context.copy(found.state.centroids),
                          .clusters = params_.k,
                          .iterations = found.iterations,
                          .converged = found.converged};
    state_ = std::move(found.state);
    waiting_.resize(0, 0);
    return out;
  }

  void partial_fit(shoal::Context& context, ConstArray batch) override {
    const Index cols = state_.centroids.rows() > 0 ? state_.centroids.cols()
                       : waiting_.rows() > 0       ? waiting_.cols()
                                                   : -1;
    shoal::require_feature_shape(batch, {.cols = cols});
    shoal::kernels::require_squares_fit(context, batch);
    if (state_.centroids.rows() > 0) {
      MiniBatchState next = state_;
      learn(context, batch, next);
      state_ = std::move(next);
      return;
    }
    shoal::RowMatrix<double> rows(waiting_.rows() + batch.rows(), batch.cols());
    if (waiting_.rows() > 0) rows.topRows(waiting_.rows()) = waiting_;
    shoal::visit_matrix(batch, [&](const auto& x) { rows.bottomRows(x.rows()) = x.template cast<double>(); });
    if (rows.rows() < params_.k) {  // too few to choose k centroids from: they wait for more
      waiting_ = std::move(rows);
      return;
    }
    MiniBatchState first;
    first.centroids = first_centroids(context, ConstArray(rows), {}, params_, context.random("partial_fit/init"), 1);
    first.counts.assign(static_cast<std::size_t>(params_.k), 0);
    learn(context, ConstArray(rows), first);
    state_ = std::move(first);
    waiting_.resize(0, 0);
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    require_fitted("is asked for labels");
    shoal::require_feature_shape(features, {.cols = state_.centroids.cols()});
    shoal::kernels::require_squares_fit(context, features);
    shoal::kernels::nearest(context, features, ConstArray(state_.centroids), labels);
  }

  void save(shoal::StateWriter& state) const override {
    require_fitted("has no state to save");
    const std::vector<Index> counters = {state_.since_reassignment, state_.steps};
    state.put("centroids", ConstArray(state_.centroids));
    state.put("counts", ConstArray(state_.counts));
    state.put("counters", ConstArray(counters));
  }

  void load(const shoal::StateReader& state) override {
    const auto centroids = state.get("centroids").matrix<double>();
    const auto counts = state.get("counts").vector<double>();
    const auto counters = state.get("counters").vector<Index>();
    shoal::require(centroids.rows() == params_.k, "k is {} but the saved state has {} centroids", params_.k,
                   centroids.rows());
    shoal::require(counts.size() == static_cast<std::size_t>(params_.k) && counters.size() == 2,
                   "the saved state has {} counts and {} counters, expected {} and 2", counts.size(), counters.size(),
                   params_.k);
    shoal::require_features(state.get("centroids"));
    state_ = {centroids, {counts.begin(), counts.end()}, counters[0], counters[1]};
    waiting_.resize(0, 0);
  }

 private:
  void learn(const shoal::Context& context, ConstArray batch, MiniBatchState& state) const {
    const shoal::Random random = context.random("partial_fit").fork(static_cast<std::uint64_t>(state.steps));
    take_step(context, batch, params_.reassignment_ratio, random, state);
  }

  void require_fitted(const char* what) const {
    if (state_.centroids.rows() > 0) return;
    if (waiting_.rows() == 0) throw shoal::StateError(shoal::text("minibatch-kmeans {} before it is fitted", what));
    throw shoal::StateError(shoal::text("minibatch-kmeans {}, but k is {} and only {} examples have come so far", what,
                                        params_.k, waiting_.rows()));
  }

  Params params_;
  MiniBatchState state_;
  shoal::RowMatrix<double> waiting_;  // rows of a stream before there are k of them
};

}  // namespace

SHOAL_PLUGIN("minibatch-kmeans", "0.1.0", "k-means from small batches, also of a stream") {
  using shoal::DType;
  plugin.add<MiniBatchKMeans, Params>("clusterer/minibatch-kmeans")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
