#include "swav.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "shoal/matrix.h"

using shoal::Index;

at::Tensor balanced_assignments(const at::Tensor& scores, double epsilon, Index iterations) {
  const c10::NoGradGuard no_grad;
  at::Tensor log_q = scores / epsilon;
  for (Index i = 0; i < iterations; ++i) log_q = log_q.log_softmax(/*dim=*/0).log_softmax(/*dim=*/1);
  return log_q.exp();
}

at::Tensor swapped_prediction(const std::vector<at::Tensor>& scores, const std::vector<at::Tensor>& assignments,
                              double temperature) {
  std::vector<at::Tensor> log_p;
  for (const at::Tensor& s : scores) log_p.push_back((s / temperature).log_softmax(1));
  at::Tensor sum;
  for (std::size_t target = 0; target < scores.size(); ++target) {
    for (std::size_t seen = 0; seen < scores.size(); ++seen) {
      if (seen == target) continue;
      const at::Tensor loss = -(assignments[target] * log_p[seen]).sum(1).mean();
      sum = sum.defined() ? sum + loss : loss;
    }
  }
  return sum / static_cast<double>(scores.size() * (scores.size() - 1));
}

void Swav::build(shoal::Context& context, Index outputs) {
  prototypes_ =
      add_parameter("prototypes", shoal::random_unit_rows(params_.prototypes, outputs, context.random("init")));
  if (params_.queue == 0) return;
  queue_ = add_buffer("queue", at::zeros({params_.queue, outputs}));
  queue_filled_ = add_buffer("queue_filled", at::zeros({1}, at::kLong));
}

void Swav::begin_epoch(Index epoch) {
  frozen_ = epoch <= params_.freeze_epochs;
  queued_ = params_.queue > 0 && epoch > params_.queue_start.value_or(1);
  if (queued_) filled_ = queue_filled_.item<Index>();  // what was restored may be filled, or in part
}

void Swav::after_step() {
  const c10::NoGradGuard no_grad;
  prototypes_.copy_(shoal::unit_rows(prototypes_));
}

at::Tensor Swav::assign(const at::Tensor& scores) const {
  if (!queued_ || filled_ < params_.queue)
    return balanced_assignments(scores, params_.epsilon, params_.sinkhorn_iterations);
  const c10::NoGradGuard no_grad;
  const at::Tensor all = at::cat({scores, queue_.matmul(prototypes_.t())});
  return balanced_assignments(all, params_.epsilon, params_.sinkhorn_iterations).narrow(0, 0, scores.size(0));
}

void Swav::remember(const at::Tensor& unit) {
  const c10::NoGradGuard no_grad;
  queue_.copy_(at::cat({unit, queue_}).narrow(0, 0, params_.queue));
  filled_ = std::min<Index>(params_.queue, filled_ + unit.size(0));
  queue_filled_.fill_(filled_);
}

shoal::Objective::Loss Swav::loss(const std::vector<at::Tensor>& views) {
  const Index outputs = shoal::require_views(views);
  shoal::require(outputs == prototypes_.size(1), "prototypes are of {} outputs, but views have {}", prototypes_.size(1),
                 outputs);
  const at::Tensor prototypes = frozen_ ? prototypes_.detach() : prototypes_;
  std::vector<at::Tensor> units, scores, assignments;
  for (const at::Tensor& view : views) {
    units.push_back(shoal::unit_rows(view));
    scores.push_back(units.back().matmul(prototypes.t()));
    assignments.push_back(assign(scores.back()));
  }
  if (queued_ && training()) remember(units[0].detach());
  const at::Tensor share = (at::cat(scores).detach() / params_.temperature).softmax(1).mean(0);
  return {.value = swapped_prediction(scores, assignments, params_.temperature),
          .diagnostics = {{"prototypes_used", share.xlogy(share).sum().neg().exp()}}};
}

std::optional<shoal::Objective::Collapse> Swav::collapse(Index, Index) const {
  if (frozen_) return std::nullopt;  // outputs that are alike lose more, by where the prototypes happen to be
  return Collapse{std::log(static_cast<double>(params_.prototypes)),
                  "try a smaller 'epsilon' or more 'freeze_epochs' of the objective, or a weaker augmentation"};
}
