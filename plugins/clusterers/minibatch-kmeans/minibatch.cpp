#include "minibatch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Index;

namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// The clusters that are to be reassigned: few examples, and at most half a batch of them, the smallest first.
std::vector<Index> starved(std::span<const double> counts, double ratio, Index batch_size) {
  const double least = ratio * *std::max_element(counts.begin(), counts.end());
  std::vector<Index> out;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] < least) out.push_back(static_cast<Index>(c));
  const Index most = batch_size / 2;
  if (static_cast<Index>(out.size()) > most) {
    std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) { return counts[at(a)] < counts[at(b)]; });
    out.resize(at(most));
    std::sort(out.begin(), out.end());
  }
  return out;
}

void reassign(ConstArray batch, double ratio, shoal::Random random, MiniBatchState& state) {
  const std::vector<Index> clusters = starved(state.counts, ratio, batch.rows());
  if (clusters.empty()) return;
  const auto rows = kernels::random_rows(batch.rows(), static_cast<Index>(clusters.size()), random);
  const shoal::RowMatrix<double> places = kernels::take_rows(batch, rows);
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < state.counts.size(); ++c)
    if (!std::binary_search(clusters.begin(), clusters.end(), static_cast<Index>(c)))
      least = std::min(least, state.counts[c]);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    state.centroids.row(clusters[i]) = places.row(static_cast<Index>(i));
    state.counts[at(clusters[i])] = least;
  }
}

Index init_size(const shoal::Context& context, const MiniBatchParams& params, Index n) {
  const Index batch_size = std::min(params.batch_size, n);
  Index size = params.init_size.value_or(3 * batch_size < params.k ? 3 * params.k : 3 * batch_size);
  if (size < params.k) {
    context.log(shoal::Level::kWarning, "init_size is {}, less than k = {}: {} is used", size, params.k, 3 * params.k);
    size = 3 * params.k;
  }
  return std::min(size, n);
}

// Some rows with their weights. Those of weight 0 are never among them.
struct Sample {
  shoal::RowMatrix<double> rows;
  std::vector<double> weights;
};

Sample sample(ConstArray features, std::span<const double> weights, Index size, shoal::Random random) {
  std::vector<Index> weighted;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0) weighted.push_back(static_cast<Index>(i));
  std::vector<Index> rows(at(size));
  Sample out;
  for (Index& row : rows) {
    row = weights.empty() ? random.below(features.rows())
                          : weighted[at(random.below(static_cast<Index>(weighted.size())))];
    out.weights.push_back(weights.empty() ? 1 : weights[at(row)]);
  }
  out.rows = kernels::take_rows(features, rows);
  return out;
}

std::vector<Index> seed_rows(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                             const MiniBatchParams& params, const shoal::Random& random) {
  return params.init == "random" ? kernels::random_rows(features.rows(), params.k, random, weights)
                                 : kernels::greedy_kmeans_plus_plus(context, features, params.k, random, weights);
}

double mean_variance(const shoal::Context& context, ConstArray features, std::span<const double> weights) {
  const std::vector<Index> one_cluster(at(features.rows()), 0);
  const auto mean = kernels::cluster_means(context, features, one_cluster, 1, weights);
  return kernels::inertia(context, features, ConstArray(mean.means), one_cluster, weights) / mean.weights[0] /
         static_cast<double>(features.cols());
}

// scikit-learn's rule: the inertia of a batch, smoothed over about half of the examples, has to fall.
class StopRule {
 public:
  StopRule(const MiniBatchParams& params, double squared_shift, Index n, Index batch_size)
      : params_(params),
        squared_shift_(squared_shift),
        share_(std::min(1.0, 2.0 * static_cast<double>(batch_size) / static_cast<double>(n + 1))) {}

  /// Whether to stop after this step. The first step is not judged.
  bool operator()(const StepReport& step) {
    if (++seen_ == 1) return false;
    smoothed_ = seen_ == 2 ? step.mean_inertia : smoothed_ * (1 - share_) + step.mean_inertia * share_;
    if (params_.tol > 0 && step.squared_shift <= squared_shift_) return true;
    if (smoothed_ < least_) least_ = smoothed_, worse_ = 0;
    else ++worse_;
    return params_.max_no_improvement && worse_ >= *params_.max_no_improvement;
  }

 private:
  const MiniBatchParams& params_;
  double squared_shift_, share_;
  Index seen_ = 0;
  double smoothed_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
  Index worse_ = 0;
};

}  // namespace

StepReport take_step(const shoal::Context& context, ConstArray batch, double reassignment_ratio, shoal::Random random,
                     MiniBatchState& state) {
  const Index k = state.centroids.rows();
  state.since_reassignment += batch.rows();  // judged before the step, as scikit-learn does: the first always reassigns
  const bool due = state.since_reassignment >= 10 * k || std::count(state.counts.begin(), state.counts.end(), 0.0) > 0;
  if (due) state.since_reassignment = 0;

  std::vector<Index> labels(at(batch.rows()));
  std::vector<double> distance(labels.size());
  kernels::nearest(context, batch, ConstArray(state.centroids), shoal::MutableArray(labels), distance);
  StepReport out{.mean_inertia = kernels::sum_in_blocks(distance) / static_cast<double>(batch.rows())};

  const shoal::RowMatrix<double> old = state.centroids;
  const auto means = kernels::cluster_means(context, batch, labels, k);
  for (Index c = 0; c < k; ++c) {
    const double added = means.weights[at(c)];
    if (added == 0) continue;
    state.counts[at(c)] += added;
    state.centroids.row(c) += (means.means.row(c) - state.centroids.row(c)) * (added / state.counts[at(c)]);
  }
  if (due && reassignment_ratio > 0) reassign(batch, reassignment_ratio, random, state);
  ++state.steps;
  out.squared_shift = (state.centroids - old).squaredNorm();
  return out;
}

shoal::RowMatrix<double> first_centroids(const shoal::Context& context, ConstArray features,
                                         std::span<const double> weights, const MiniBatchParams& params,
                                         const shoal::Random& random, Index starts) {
  const Index n = features.rows(), size = init_size(context, params, n);
  const Sample validation = starts > 1 ? sample(features, weights, size, random.fork("validation")) : Sample{};
  shoal::RowMatrix<double> best;
  double least = std::numeric_limits<double>::infinity();
  for (Index start = 0; start < starts; ++start) {
    const shoal::Random here = random.fork(static_cast<std::uint64_t>(start));
    shoal::RowMatrix<double> centroids;
    if (size < n) {
      const Sample part = sample(features, weights, size, here.fork("rows"));
      centroids = kernels::take_rows(ConstArray(part.rows),
                                     seed_rows(context, ConstArray(part.rows), part.weights, params, here));
    } else {
      centroids = kernels::take_rows(features, seed_rows(context, features, weights, params, here));
    }
    if (starts == 1) return centroids;
    std::vector<Index> labels(validation.weights.size());
    kernels::nearest(context, ConstArray(validation.rows), ConstArray(centroids), shoal::MutableArray(labels));
    const double inertia =
        kernels::inertia(context, ConstArray(validation.rows), ConstArray(centroids), labels, validation.weights);
    if (inertia < least) least = inertia, best = std::move(centroids);
  }
  return best;
}

MiniBatchFit fit_minibatch(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                           const std::optional<ConstArray>& init, const MiniBatchParams& params) {
  const Index n = features.rows(), batch_size = std::min(params.batch_size, n);
  MiniBatchFit out;
  if (init) {
    out.state.centroids =
        shoal::visit_matrix(*init, [](const auto& c) -> shoal::RowMatrix<double> { return c.template cast<double>(); });
  } else {
    const Index starts = params.n_init.value_or(params.init == "random" ? 3 : 1);
    out.state.centroids = first_centroids(context, features, weights, params, context.random("init"), starts);
  }
  out.state.counts.assign(at(params.k), 0);

  std::optional<kernels::Draw> by_weight;
  if (!weights.empty()) by_weight.emplace(weights);
  StopRule stop(params, params.tol > 0 ? params.tol * mean_variance(context, features, weights) : 0, n, batch_size);
  const shoal::Random batches = context.random("batches"), reassignments = context.random("reassignments");
  const Index steps = params.max_iter * n / batch_size;
  std::vector<Index> rows(at(batch_size));
  while (!out.converged && out.state.steps < steps) {
    context.progress(out.state.steps, steps, "steps");
    const auto step = static_cast<std::uint64_t>(out.state.steps);
    shoal::Random random = batches.fork(step);
    for (Index& row : rows) row = by_weight ? (*by_weight)(random.uniform()) : random.below(n);
    const shoal::RowMatrix<double> batch = kernels::take_rows(features, rows);
    out.converged =
        stop(take_step(context, ConstArray(batch), params.reassignment_ratio, reassignments.fork(step), out.state));
  }
  out.iterations = (out.state.steps * batch_size + n - 1) / n;
  out.labels.resize(at(n));
  kernels::nearest_without_empty(context, features, out.state.centroids, out.labels, weights);
  return out;
}
