// linear_head.h: logits that are linear in the embedding.
#ifndef SHOAL_PLUGINS_HEADS_LINEAR_LINEAR_HEAD_H_
#define SHOAL_PLUGINS_HEADS_LINEAR_LINEAR_HEAD_H_

#include <optional>

#include "shoal/schema.h"
#include "shoal/torch/head.h"

struct LinearHeadParams {
  double label_smoothing = 0;
  std::optional<double> init_std = {};

  static void describe(shoal::Schema<LinearHeadParams>& schema);
};

/// Logits x·Wᵀ + b, softmax, cross entropy.
class LinearHead final : public shoal::Head {
 public:
  explicit LinearHead(const LinearHeadParams& params) : params_(params) {}

  void build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) override;
  at::Tensor forward(const at::Tensor& embedding) override { return linear_(embedding); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override;
  at::Tensor probabilities(const at::Tensor& logits) override;
  ClassVectors class_vectors() override { return {linear_.weight, linear_.bias}; }

 private:
  LinearHeadParams params_;
  shoal::Linear linear_;
};

#endif  // SHOAL_PLUGINS_HEADS_LINEAR_LINEAR_HEAD_H_
