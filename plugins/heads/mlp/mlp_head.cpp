#include "mlp_head.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>

void MlpHead::build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) {
  const shoal::Random random = context.random("init");
  std::vector<shoal::Index> sizes = params_.hidden;
  sizes.push_back(classes);
  shoal::Index in = embedding;
  for (const shoal::Index out : sizes) {
    layers_.push_back(add_linear(*this, shoal::text("linear{}", layers_.size() + 1), in, out, random));
    in = out;
  }
  for (std::size_t i = 0; params_.batch_norm && i < params_.hidden.size(); ++i)
    norms_.push_back(add_batch_norm(*this, shoal::text("norm{}", i + 1), params_.hidden[i]));
}

at::Tensor MlpHead::forward(const at::Tensor& embedding) {
  return layers_.back()(hidden(embedding, layers_.size() - 1));
}

std::vector<shoal::Readouts::Place> MlpHead::readouts() const {
  std::vector<Place> out;
  for (const shoal::Index size : params_.hidden) out.push_back({shoal::text("hidden{}", out.size() + 1), size});
  return out;
}

at::Tensor MlpHead::forward_to(std::size_t place, const at::Tensor& embedding) { return hidden(embedding, place + 1); }

at::Tensor MlpHead::hidden(const at::Tensor& embedding, std::size_t layers) {
  at::Tensor x = embedding;
  for (std::size_t i = 0; i < layers; ++i) {
    x = layers_[i](x);
    if (params_.batch_norm) x = norms_[i](x, training());
    x = at::relu(x);
  }
  return x;
}

at::Tensor MlpHead::loss(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean, /*ignore_index=*/-100,
                                params_.label_smoothing);
}

at::Tensor MlpHead::probabilities(const at::Tensor& logits) { return at::softmax(logits, 1); }
