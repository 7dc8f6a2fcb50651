#include "confident.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>

#include <map>
#include <vector>

#include "shoal/torch/tensor.h"

using shoal::Index;

Confident find_confident(const at::Tensor& probabilities, double threshold) {
  const auto [largest, cluster] = probabilities.detach().cpu().max(1);
  const at::Tensor rows = largest.gt(threshold).nonzero().squeeze(1);
  return {rows, cluster.index_select(0, rows)};
}

at::Tensor balanced_loss(shoal::Head& head, const at::Tensor& logits, const at::Tensor& labels) {
  std::map<std::int64_t, std::vector<Index>> rows_of;
  const auto values = shoal::view(labels).vector<std::int64_t>();
  for (std::size_t i = 0; i < values.size(); ++i) rows_of[values[i]].push_back(static_cast<Index>(i));
  at::Tensor sum;
  for (const auto& [cluster, rows] : rows_of) {
    const at::Tensor which = shoal::borrowed_tensor(shoal::ConstArray(rows)).clone();  // backward keeps it
    const at::Tensor loss = head.loss(at::index_select(logits, 0, which.to(logits.device())),
                                      at::index_select(labels, 0, which).to(logits.device()));
    sum = sum.defined() ? sum + loss : loss;
  }
  return sum / static_cast<double>(rows_of.size());
}
