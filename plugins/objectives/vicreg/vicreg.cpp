#include "vicreg.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>

#include <cmath>

using shoal::Index;

namespace {
// Added to variances: the root has no slope at 0.
constexpr double kEps = 1e-4;
}  // namespace

at::Tensor variance_term(const at::Tensor& outputs) {
  return (1 - (outputs.var(/*dim=*/0, /*unbiased=*/true) + kEps).sqrt()).relu().mean();
}

at::Tensor covariance_term(const at::Tensor& outputs) {
  const at::Tensor centered = outputs - outputs.mean(0, /*keepdim=*/true);
  const at::Tensor covariance = centered.t().matmul(centered) / static_cast<double>(outputs.size(0) - 1);
  const at::Tensor different = covariance - covariance.diagonal().diag();
  return different.square().sum() / static_cast<double>(outputs.size(1));
}

shoal::Objective::Loss Vicreg::loss(const std::vector<at::Tensor>& views) {
  shoal::require_views(views, /*min_rows=*/2);
  const auto count = static_cast<double>(views.size());
  const at::Tensor invariance =
      shoal::mean_over_pairs(views, [](const at::Tensor& a, const at::Tensor& b) { return at::mse_loss(a, b); });
  at::Tensor variance = variance_term(views[0]) / count;
  at::Tensor covariance = 2 * covariance_term(views[0]) / count;
  for (std::size_t v = 1; v < views.size(); ++v) {
    variance = variance + variance_term(views[v]) / count;
    covariance = covariance + 2 * covariance_term(views[v]) / count;
  }
  return {
      .value = params_.invariance_weight * invariance + params_.variance_weight * variance +
               params_.covariance_weight * covariance,
      .diagnostics = {
          {"invariance", invariance.detach()}, {"variance", variance.detach()}, {"covariance", covariance.detach()}}};
}

std::optional<shoal::Objective::Collapse> Vicreg::collapse(Index, Index) const {
  return Collapse{params_.variance_weight * (1 - std::sqrt(kEps)),
                  "try a larger 'variance_weight' of the objective, or batch norm in the encoder"};
}
