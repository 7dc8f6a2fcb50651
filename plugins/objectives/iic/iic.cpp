#include "iic.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <limits>

using shoal::Index;

namespace {
constexpr double kLeast = std::numeric_limits<double>::epsilon();

at::Tensor entropy(const at::Tensor& p) { return -(p * p.clamp_min(kLeast).log()).sum(); }
}  // namespace

at::Tensor joint_distribution(const at::Tensor& p, const at::Tensor& q) {
  const at::Tensor joint = p.t().matmul(q) / static_cast<double>(p.size(0));
  return (joint + joint.t()) / 2;
}

at::Tensor mutual_information(const at::Tensor& joint, double entropy_weight) {
  const at::Tensor p = joint.clamp_min(kLeast), margin = joint.sum(0).clamp_min(kLeast);
  return (p * (p.log() - entropy_weight * margin.log().unsqueeze(0) - entropy_weight * margin.log().unsqueeze(1)))
      .sum();
}

shoal::Objective::Loss Iic::loss(const std::vector<at::Tensor>& views) {
  const Index clusters = shoal::require_views(views);
  shoal::require(clusters >= 2, "clusters must be at least 2, but the outputs are {}: raise 'projection'", clusters);
  std::vector<at::Tensor> probabilities;
  for (const at::Tensor& view : views) probabilities.push_back(view.softmax(1));
  const at::Tensor joint = shoal::mean_over_pairs(probabilities, joint_distribution);
  const at::Tensor loss = shoal::mean_over_pairs(probabilities, [&](const at::Tensor& p, const at::Tensor& q) {
    return -mutual_information(joint_distribution(p, q), params_.entropy_weight);
  });
  const at::Tensor all = at::cat(probabilities).detach();
  return {.value = loss,
          .diagnostics = {{"mutual_information", mutual_information(joint.detach(), 1)},
                          {"clusters_used", entropy(all.mean(0)).exp()},
                          {"confidence", all.amax(1).mean()}}};
}

std::optional<shoal::Objective::Collapse> Iic::collapse(Index, Index) const {
  // Of outputs alike for all examples, P = p·pᵀ, the loss is −2(w − 1)·H(p): of many p many, but for w = 1.
  if (params_.entropy_weight != 1) return std::nullopt;
  return Collapse{0,
                  "try a larger 'batch_size', an 'entropy_weight' of the objective above 1, or a weaker augmentation"};
}
