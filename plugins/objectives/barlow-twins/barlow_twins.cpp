#include "barlow_twins.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>

using shoal::Index;

namespace {

at::Tensor standardized(const at::Tensor& outputs) {
  const at::Tensor centered = outputs - outputs.mean(0, /*keepdim=*/true);
  return centered / (centered.square().mean(0) + 1e-5).sqrt();
}

}  // namespace

at::Tensor cross_correlation(const at::Tensor& a, const at::Tensor& b) {
  return standardized(a).t().matmul(standardized(b)) / static_cast<double>(a.size(0));
}

shoal::Objective::Loss BarlowTwins::loss(const std::vector<at::Tensor>& views) {
  shoal::require_views(views, /*min_rows=*/2);
  const at::Tensor terms = shoal::mean_over_pairs(views, [](const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor c = cross_correlation(a, b);
    const at::Tensor different = c - c.diagonal().diag();
    return at::stack({(1 - c.diagonal()).square().sum(), different.square().sum()});
  });
  return {.value = terms[0] + params_.redundancy_weight * terms[1],
          .diagnostics = {{"invariance", terms[0].detach()}, {"redundancy", terms[1].detach()}}};
}

std::optional<shoal::Objective::Collapse> BarlowTwins::collapse(Index, Index) const {
  return Collapse{static_cast<double>(outputs_),
                  "try a smaller 'redundancy_weight' of the objective, or batch norm in the encoder"};
}
