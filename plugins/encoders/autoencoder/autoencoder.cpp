#include "autoencoder.h"

#include <ATen/ops/relu.h>

#include <span>

using shoal::Index;

namespace {

/// The layers one after another, ReLU between them.
at::Tensor pass(std::span<const shoal::Linear> layers, at::Tensor x) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) x = at::relu(x);
    x = layers[i](x);
  }
  return x;
}

}  // namespace

void Autoencoder::build(shoal::Context& context, const shoal::Shape& example) {
  const shoal::Random random = context.random("init");
  std::vector<Index> sizes = {1};
  for (const Index size : example) sizes[0] *= size;
  sizes.insert(sizes.end(), params_.hidden.begin(), params_.hidden.end());
  sizes.push_back(params_.embedding);
  for (std::size_t i = 1; i < sizes.size(); ++i)
    down_.push_back(add_linear(*this, shoal::text("encoder{}", i), sizes[i - 1], sizes[i], random));
  for (std::size_t i = sizes.size() - 1; i > 0; --i)
    up_.push_back(add_linear(*this, shoal::text("decoder{}", sizes.size() - i), sizes[i], sizes[i - 1], random));
  example_ = example;
}

at::Tensor Autoencoder::flat(const at::Tensor& examples) const {
  shoal::require(examples.dim() >= 1 && examples.sizes().slice(1) == at::IntArrayRef(example_),
                 "expected examples of shape {}, got a batch {}", shoal::to_string(example_),
                 shoal::to_string(shoal::Shape(examples.sizes().vec())));
  return examples.flatten(1);
}

at::Tensor Autoencoder::forward(const at::Tensor& examples) { return pass(down_, flat(examples)); }

std::vector<shoal::Readouts::Place> Autoencoder::readouts() const {
  std::vector<Place> out;
  for (const Index size : params_.hidden) out.push_back({shoal::text("hidden{}", out.size() + 1), size});
  return out;
}

at::Tensor Autoencoder::forward_to(std::size_t place, const at::Tensor& examples) {
  return at::relu(pass(std::span(down_).first(place + 1), flat(examples)));
}

at::Tensor Autoencoder::decode(const at::Tensor& embedding) {
  shoal::require(embedding.dim() == 2 && embedding.size(1) == params_.embedding, "expected embeddings (B, {}), got {}",
                 params_.embedding, shoal::to_string(shoal::Shape(embedding.sizes().vec())));
  shoal::Shape shape = example_;
  shape.insert(shape.begin(), embedding.size(0));
  return pass(up_, embedding).view(shape);
}
