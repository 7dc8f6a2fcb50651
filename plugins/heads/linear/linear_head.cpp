#include "linear_head.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>
#include <c10/core/GradMode.h>

#include <vector>

void LinearHead::build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) {
  linear_ = add_linear(*this, "linear", embedding, classes, context.random("init"));
  if (!params_.init_std) return;
  const c10::NoGradGuard no_grad;
  shoal::Random random = context.random("init_std");
  std::vector<float> weights(static_cast<std::size_t>(embedding * classes));
  for (float& weight : weights) weight = static_cast<float>(*params_.init_std * random.normal());
  linear_.weight.copy_(shoal::borrowed_tensor(shoal::ConstArray(weights.data(), {classes, embedding})));
  linear_.bias.zero_();
}

at::Tensor LinearHead::loss(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean, /*ignore_index=*/-100,
                                params_.label_smoothing);
}

at::Tensor LinearHead::probabilities(const at::Tensor& logits) { return at::softmax(logits, 1); }
