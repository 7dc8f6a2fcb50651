// imsat.h: clusters that say as much as they can about the examples, and the same about every view of one.
#ifndef SHOAL_PLUGINS_OBJECTIVES_IMSAT_IMSAT_H_
#define SHOAL_PLUGINS_OBJECTIVES_IMSAT_IMSAT_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// What a batch of cluster probabilities (B, K) says of the information between example and cluster, in nats; scalars.
struct Entropies {
  at::Tensor of_clusters;  ///< H(Y), of their mean over the batch: at best ln K, where clusters are even
  at::Tensor of_examples;  ///< H(Y|X), the mean over the rows: at best 0, where each is sure
};
Entropies entropies(const at::Tensor& probabilities);

/// KL(p ‖ q), mean over the rows, of softmax(target) = p, which is taken as it is, from softmax(seen) = q: logits (B,
/// K). The gradient goes to `seen` alone and is that of the cross entropy.
at::Tensor self_augmentation(const at::Tensor& target, const at::Tensor& seen);

struct ImsatParams {
  double information_weight = 0.1;
  double entropy_weight = 4;
  static void describe(shoal::Schema<ImsatParams>& schema);
};

/// Information maximising self-augmented training. Outputs are logits of K clusters. With λ = information_weight and
/// μ = entropy_weight the loss is
///
///     mean over views v ≥ 2 of KL(p(first view) ‖ p(view v)) − λ·(μ·H(Y) − H(Y|X))
///
/// with the entropies of the first view, which should be the example as it is: trainer/joint-embedding's `clean_view`.
/// The best loss is −λ·μ·ln K. The entropy of clusters is that of a batch, so batches must be large against K.
///
/// Source: Hu, Miyato, Tokui, Matsumoto, Sugiyama, "Learning discrete representations via information maximizing
/// self-augmented training", ICML 2017, in which views are virtual adversarial perturbations or random affine maps; λ
/// and μ are theirs for the former.
class Imsat final : public shoal::Objective {
 public:
  explicit Imsat(const ImsatParams& params) : params_(params) {}

  Loss loss(const std::vector<at::Tensor>& views) override;
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  ImsatParams params_;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_IMSAT_IMSAT_H_
