#include "soft_assignment.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/xlogy.h>

#include <limits>

at::Tensor log_soft_assignment(const at::Tensor& embedding, const at::Tensor& centroids, double alpha) {
  const at::Tensor squared_distances = (embedding.unsqueeze(1) - centroids.unsqueeze(0)).square().sum(2);
  return ((squared_distances / alpha).log1p() * (-(alpha + 1) / 2)).log_softmax(1);
}

at::Tensor target_distribution(const at::Tensor& soft_assignment) {
  const at::Tensor q = soft_assignment.to(at::kDouble);                             // f sums over all examples
  const at::Tensor sizes = q.sum(0).clamp_min(std::numeric_limits<double>::min());  // of a cluster that nobody is in
  const at::Tensor weights = q.square() / sizes;
  return (weights / weights.sum(1, /*keepdim=*/true)).to(soft_assignment.scalar_type());
}

at::Tensor divergence(const at::Tensor& target, const at::Tensor& log_soft_assignment) {
  const at::Tensor p = target.detach();
  return (at::xlogy(p, p) - p * log_soft_assignment).sum(1).mean();
}
