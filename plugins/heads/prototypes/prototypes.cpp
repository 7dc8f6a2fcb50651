#include "prototypes.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>

#include "shoal/matrix.h"

void Prototypes::build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) {
  shoal::require(embedding >= 1 && classes >= 1, "prototypes need at least 1 input and 1 class, got {} and {}",
                 embedding, classes);
  const at::Tensor value = shoal::random_unit_rows(classes, embedding, context.random("init"));
  weight_ = params_.trainable ? add_parameter("prototypes", value) : add_buffer("prototypes", value);
}

at::Tensor Prototypes::forward(const at::Tensor& embedding) {
  return at::linear(shoal::unit_rows(embedding), shoal::unit_rows(weight_)).div(params_.temperature);
}

at::Tensor Prototypes::loss(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels);
}

at::Tensor Prototypes::probabilities(const at::Tensor& logits) { return at::softmax(logits, 1); }
