#include "mlp.h"

#include <ATen/ops/relu.h>

#include <span>

using shoal::Index;

void Mlp::build(shoal::Context& context, const shoal::Shape& example) {
  const shoal::Random random = context.random("init");
  Index in = 1;
  for (const Index size : example) in *= size;
  std::vector<Index> sizes = params_.hidden;
  sizes.push_back(params_.embedding);
  for (const Index out : sizes) {
    const std::size_t number = layers_.size() + 1;
    Layer layer{add_linear(*this, shoal::text("linear{}", number), in, out, random), {}};
    if (params_.batch_norm) layer.norm = add_batch_norm(*this, shoal::text("norm{}", number), out);
    layers_.push_back(layer);
    in = out;
  }
  example_ = example;
}

at::Tensor Mlp::forward(const at::Tensor& examples) { return pass(examples, layers_.size()); }

std::vector<shoal::Readouts::Place> Mlp::readouts() const {
  std::vector<Place> out;
  for (const Index size : params_.hidden) out.push_back({shoal::text("hidden{}", out.size() + 1), size});
  return out;
}

at::Tensor Mlp::forward_to(std::size_t place, const at::Tensor& examples) { return pass(examples, place + 1); }

at::Tensor Mlp::pass(const at::Tensor& examples, std::size_t layers) {
  shoal::require(examples.dim() >= 1 && examples.sizes().slice(1) == at::IntArrayRef(example_),
                 "expected examples of shape {}, got a batch {}", shoal::to_string(example_),
                 shoal::to_string(shoal::Shape(examples.sizes().vec())));
  at::Tensor x = examples.flatten(1);
  for (const Layer& layer : std::span(layers_).first(layers)) {
    x = layer.linear(x);
    if (layer.norm) x = (*layer.norm)(x, training());
    x = at::relu(x);
  }
  return x;
}
