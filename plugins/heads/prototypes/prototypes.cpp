#include "prototypes.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>

namespace {

/// Rows divided by their length. Where that is 0 by 1: a length clamped to 1e-12 would make gradients of 1e12.
at::Tensor unit_rows(const at::Tensor& x) {
  const at::Tensor length = at::linalg_vector_norm(x, 2, at::IntArrayRef{1}, /*keepdim=*/true);
  return x.div(length.masked_fill(length.eq(0), 1));
}

}  // namespace

void Prototypes::build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) {
  shoal::require(embedding >= 1 && classes >= 1, "prototypes need at least 1 input and 1 class, got {} and {}",
                 embedding, classes);
  shoal::Random random = context.random("init");
  at::Tensor value = at::empty({classes, embedding}, at::kFloat);
  for (shoal::Index i = 0; i < value.numel(); ++i)
    value.mutable_data_ptr<float>()[i] = static_cast<float>(random.normal());
  value = unit_rows(value);
  weight_ = params_.trainable ? add_parameter("prototypes", value) : add_buffer("prototypes", value);
}

at::Tensor Prototypes::forward(const at::Tensor& embedding) {
  return at::linear(unit_rows(embedding), unit_rows(weight_)).div(params_.temperature);
}

at::Tensor Prototypes::loss(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels);
}

at::Tensor Prototypes::probabilities(const at::Tensor& logits) { return at::softmax(logits, 1); }
