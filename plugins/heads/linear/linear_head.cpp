#include "linear_head.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>

void LinearHead::build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) {
  linear_ = add_linear(*this, "linear", embedding, classes, context.random("init"));
}

at::Tensor LinearHead::loss(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean, /*ignore_index=*/-100,
                                params_.label_smoothing);
}

at::Tensor LinearHead::probabilities(const at::Tensor& logits) { return at::softmax(logits, 1); }
