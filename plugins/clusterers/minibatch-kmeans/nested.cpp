#include "nested.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"
#include "starts.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Index;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// The first `size` examples of an order that is drawn once. Those of weight 0 are in none.
class Batch {
 public:
  Batch(const shoal::Context& context, ConstArray features, std::span<const double> weights, Index size)
      : context_(context), features_(features), weights_(weights) {
    for (Index i = 0; i < features.rows(); ++i)
      if (weights.empty() || weights[at(i)] > 0) order_.push_back(i);
    shoal::Random random = context.random("batches");
    random.shuffle(std::span(order_));
    resize(std::min<Index>(size, static_cast<Index>(order_.size())));
  }

  ConstArray rows() const { return whole() && all_count() ? features_ : rows_.view(); }
  std::span<const double> weights() const { return whole() && all_count() ? weights_ : chosen_weights_; }
  bool whole() const { return size_ == static_cast<Index>(order_.size()); }
  void grow() { resize(std::min<Index>(2 * size_, static_cast<Index>(order_.size()))); }

 private:
  bool all_count() const { return static_cast<Index>(order_.size()) == features_.rows(); }

  void resize(Index size) {
    size_ = size;
    rows_ = shoal::Array();
    chosen_weights_.clear();
    if (whole() && all_count()) return;  // then the features themselves are the batch
    const auto chosen = std::span(order_).first(at(size));
    rows_ = kernels::gather(context_, features_, chosen);
    if (weights_.empty()) return;
    for (const Index row : chosen) chosen_weights_.push_back(weights_[at(row)]);
  }

  const shoal::Context& context_;
  ConstArray features_;
  std::span<const double> weights_;
  std::vector<Index> order_;
  Index size_ = 0;
  shoal::Array rows_;
  std::vector<double> chosen_weights_;
};

// What one step did.
struct Progress {
  double squared_shift = 0;  // Σ p²
  double certainty = 0;      // the median of σ̂ / p over clusters of two examples or more
};

// One step of Lloyd's algorithm on the batch. A cluster without examples stays where it is.
Progress improve(const shoal::Context& context, const Batch& batch, MiniBatchState& state) {
  const Index n = batch.rows().rows(), k = state.centroids.rows();
  std::vector<Index> labels(at(n));
  std::vector<double> distance(at(n)), spread(at(k), 0), ratios;
  kernels::nearest(context, batch.rows(), ConstArray(state.centroids), shoal::MutableArray(labels), distance);
  for (std::size_t i = 0; i < at(n); ++i)
    spread[at(labels[i])] += batch.weights().empty() ? distance[i] : batch.weights()[i] * distance[i];

  const auto means = kernels::cluster_means(context, batch.rows(), labels, k, batch.weights());
  Progress out;
  for (Index c = 0; c < k; ++c) {
    const double weight = means.weights[at(c)];
    if (weight == 0) continue;
    const double moved = (means.means.row(c) - state.centroids.row(c)).squaredNorm();
    state.centroids.row(c) = means.means.row(c);
    out.squared_shift += moved;
    if (const Index v = means.counts[at(c)]; v > 1)
      ratios.push_back(moved > 0 ? std::sqrt(spread[at(c)] / weight / static_cast<double>(v - 1) / moved) : kInfinity);
  }
  state.counts = means.weights;
  ++state.steps;
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  out.certainty = ratios.empty() ? kInfinity : *middle;
  return out;
}

}  // namespace

MiniBatchFit fit_nested(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                        const std::optional<ConstArray>& init, const MiniBatchParams& params) {
  const Index n = features.rows(), most = params.max_iter * n;
  const double least_shift =
      params.tol > 0 ? params.tol * kernels::spread(context, features, weights).mean_variance : 0;
  MiniBatchFit out;
  out.state.centroids = first_centroids(context, features, weights, init, params);
  Batch batch(context, features, weights, params.batch_size);
  Index seen = 0;
  while (!out.converged && seen + batch.rows().rows() <= most) {
    context.progress(seen, most, "examples");
    seen += batch.rows().rows();
    const Progress step = improve(context, batch, out.state);
    if (step.squared_shift > least_shift && !(params.rho && step.certainty > *params.rho)) continue;
    if (batch.whole()) out.converged = true;
    else batch.grow();
  }
  out.iterations = (seen + n - 1) / n;
  out.labels.resize(at(n));
  kernels::nearest_without_empty(context, features, out.state.centroids, out.labels, weights);
  return out;
}
