#include "scan_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cmath>

ScanLoss scan_loss(const at::Tensor& examples, const at::Tensor& neighbors, double entropy_weight) {
  const at::Tensor log_p = examples.log_softmax(1), log_q = neighbors.log_softmax(1);
  const at::Tensor log_mean = log_p.logsumexp(0) - std::log(static_cast<double>(examples.size(0)));
  const at::Tensor consistency = -(log_p + log_q).logsumexp(1).mean();
  const at::Tensor entropy = -(log_mean.exp() * log_mean).sum();
  return {consistency - entropy_weight * entropy, consistency, entropy};
}

ScanLoss scan_loss_of_all(const at::Tensor& logits, const at::Tensor& neighbors, double entropy_weight) {
  const c10::NoGradGuard no_grad;
  const at::Tensor all = logits.to(at::kDouble);
  ScanLoss mean{at::zeros({}, at::kDouble), at::zeros({}, at::kDouble), {}};
  for (std::int64_t j = 0; j < neighbors.size(1); ++j) {
    const ScanLoss one = scan_loss(all, at::index_select(all, 0, neighbors.select(1, j)), entropy_weight);
    mean.total += one.total / neighbors.size(1);
    mean.consistency += one.consistency / neighbors.size(1);
    mean.entropy = one.entropy;  // of the examples, so that of all of them
  }
  return mean;
}
