// prototypes.h: logits that are cosines with one prototype a class.
#ifndef SHOAL_PLUGINS_HEADS_PROTOTYPES_PROTOTYPES_H_
#define SHOAL_PLUGINS_HEADS_PROTOTYPES_PROTOTYPES_H_

#include "shoal/schema.h"
#include "shoal/torch/head.h"

struct PrototypesParams {
  double temperature = 0.1;
  bool trainable = false;

  static void describe(shoal::Schema<PrototypesParams>& schema);
};

/// Logits L2(x)·L2(W)ᵀ / temperature, softmax, cross entropy. L2 divides a row by its length; a row of zeros stays one,
/// and so has logits of 0.
///
/// W (C, E) begins as directions drawn evenly from the sphere. Unless `trainable` it is a buffer: no optimiser moves
/// it, and it is what a trainer sets it to by class_vectors(), whose bias is undefined. Source: Caron, Misra, Mairal,
/// Goyal, Bojanowski, Joulin, "Unsupervised learning of visual features by contrasting cluster assignments", NeurIPS
/// 2020: DeepCluster-v2, prototypes.
class Prototypes final : public shoal::Head {
 public:
  explicit Prototypes(const PrototypesParams& params) : params_(params) {}

  void build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) override;
  at::Tensor forward(const at::Tensor& embedding) override;
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override;
  at::Tensor probabilities(const at::Tensor& logits) override;
  ClassVectors class_vectors() override { return {weight_, {}}; }

 private:
  PrototypesParams params_;
  at::Tensor weight_;  // (C, E), of any length
};

#endif  // SHOAL_PLUGINS_HEADS_PROTOTYPES_PROTOTYPES_H_
