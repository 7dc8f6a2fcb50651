#include "imsat.h"

#include <ATen/TensorOperators.h>

using shoal::Index;

Entropies entropies(const at::Tensor& probabilities) {
  // ln 0 does not come up, nor an infinite gradient: numbers below count as that, and pass none.
  const double least = probabilities.scalar_type() == at::kDouble ? 1e-300 : 1e-37;
  const auto entropy = [least](const at::Tensor& p) { return -(p * p.clamp_min(least).log()).sum(-1); };
  return {entropy(probabilities.mean(0)), entropy(probabilities).mean()};
}

at::Tensor self_augmentation(const at::Tensor& target, const at::Tensor& seen) {
  const at::Tensor log_p = target.detach().log_softmax(1);
  return (log_p.exp() * (log_p - seen.log_softmax(1))).sum(1).mean();
}

shoal::Objective::Loss Imsat::loss(const std::vector<at::Tensor>& views) {
  const Index clusters = shoal::require_views(views);
  shoal::require(clusters >= 2, "clusters must be at least 2, but the outputs are {}: raise 'projection'", clusters);
  const at::Tensor probabilities = views[0].softmax(1);
  const auto [of_clusters, of_examples] = entropies(probabilities);
  at::Tensor difference = self_augmentation(views[0], views[1]);
  for (std::size_t v = 2; v < views.size(); ++v) difference = difference + self_augmentation(views[0], views[v]);
  difference = difference / static_cast<double>(views.size() - 1);
  return {.value = difference - params_.information_weight * (params_.entropy_weight * of_clusters - of_examples),
          .diagnostics = {{"self_augmentation", difference.detach()},
                          {"mutual_information", (of_clusters - of_examples).detach()},
                          {"clusters_used", of_clusters.detach().exp()},
                          {"confidence", probabilities.detach().amax(1).mean()}}};
}

std::optional<shoal::Objective::Collapse> Imsat::collapse(Index, Index) const {
  // Of outputs alike for all examples the loss is −λ(μ − 1)·H(p): of many p many, but for μ = 1.
  if (params_.entropy_weight != 1) return std::nullopt;
  return Collapse{0,
                  "try a larger 'batch_size', an 'entropy_weight' of the objective above 1, or a weaker augmentation"};
}
