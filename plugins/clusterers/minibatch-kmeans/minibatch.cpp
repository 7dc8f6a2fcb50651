#include "minibatch.h"

#include <algorithm>
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

MiniBatchFit fit_minibatch(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                           const std::optional<ConstArray>& init, const MiniBatchParams& params) {
  const Index n = features.rows(), batch_size = std::min(params.batch_size, n);
  MiniBatchFit out;
  out.state.centroids = first_centroids(context, features, weights, init, params);
  out.state.counts.assign(static_cast<std::size_t>(params.k), 0);

  std::optional<kernels::Draw> by_weight;
  if (!weights.empty()) by_weight.emplace(weights);
  StopRule stop(params, params.tol > 0 ? params.tol * kernels::spread(context, features, weights).mean_variance : 0, n,
                batch_size);
  const shoal::Random batches = context.random("batches"), reassignments = context.random("reassignments");
  const Index steps = params.max_iter * n / batch_size;
  std::vector<Index> rows(static_cast<std::size_t>(batch_size));
  const Index shape[] = {batch_size, features.cols()};
  shoal::Array batch = context.allocate(features.dtype(), shape);
  while (!out.converged && out.state.steps < steps) {
    context.progress(out.state.steps, steps, "steps");
    const auto step = static_cast<std::uint64_t>(out.state.steps);
    shoal::Random random = batches.fork(step);
    for (Index& row : rows) row = by_weight ? (*by_weight)(random.uniform()) : random.below(n);
    kernels::copy_rows(context, features, rows, batch.mutable_view());
    out.converged = stop(take_step(context, batch, params.reassignment_ratio, reassignments.fork(step), out.state));
  }
  out.iterations = (out.state.steps * batch_size + n - 1) / n;
  out.labels.resize(static_cast<std::size_t>(n));
  kernels::nearest_without_empty(context, features, out.state.centroids, out.labels, weights);
  return out;
}
