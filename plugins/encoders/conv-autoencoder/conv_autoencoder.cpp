#include "conv_autoencoder.h"

#include <ATen/ops/relu.h>

#include <span>

using shoal::Index;
using shoal::require;
using shoal::text;

void ConvAutoencoder::build(shoal::Context& context, const shoal::Shape& example) {
  require(example.size() == 3,
          "encoder/conv-autoencoder takes images (channels, height, width), but examples have shape {}",
          shoal::to_string(example));
  const shoal::Random random = context.random("init");
  Index in = example[0], height = example[1], width = example[2];
  for (std::size_t i = 0; i < params_.channels.size(); ++i) {
    const Index out = params_.channels[i], kernel = params_.kernels[i];
    const Index padding = height % 2 == 0 && width % 2 == 0 ? kernel / 2 : 0;
    require(height + 2 * padding >= kernel && width + 2 * padding >= kernel,
            "images of {} x {} are too small: conv {} needs {} x {}, but gets {} x {}", example[1], example[2], i + 1,
            kernel, kernel, height, width);
    const shoal::Conv2dOptions down{.in = in, .out = out, .kernel = kernel, .padding = padding, .stride = 2};
    const shoal::Conv2dOptions up{.in = out, .out = in, .kernel = kernel, .padding = padding, .stride = 2};
    const Index below_height = (height + 2 * padding - kernel) / 2 + 1;
    const Index below_width = (width + 2 * padding - kernel) / 2 + 1;
    layers_.push_back({add_conv2d(*this, text("conv{}", i + 1), down, random),
                       add_conv_transpose2d(*this, text("deconv{}", i + 1), up, random), height, width,
                       out * below_height * below_width});
    in = out;
    height = below_height;
    width = below_width;
  }
  inner_ = {in, height, width};
  to_embedding_ = add_linear(*this, "to_embedding", in * height * width, params_.embedding, random);
  from_embedding_ = add_linear(*this, "from_embedding", params_.embedding, in * height * width, random);
  example_ = example;
}

at::Tensor ConvAutoencoder::forward(const at::Tensor& examples) {
  return to_embedding_(down(examples, layers_.size()).flatten(1));
}

std::vector<shoal::Readouts::Place> ConvAutoencoder::readouts() const {
  std::vector<Place> out;
  for (const Layer& layer : layers_) out.push_back({text("conv{}", out.size() + 1), layer.features});
  return out;
}

at::Tensor ConvAutoencoder::forward_to(std::size_t place, const at::Tensor& examples) {
  return down(examples, place + 1).flatten(1);
}

at::Tensor ConvAutoencoder::down(const at::Tensor& examples, std::size_t layers) {
  require(examples.dim() == 4 && examples.sizes().slice(1) == at::IntArrayRef(example_),
          "expected examples of shape {}, got a batch {}", shoal::to_string(example_),
          shoal::to_string(shoal::Shape(examples.sizes().vec())));
  at::Tensor x = examples.contiguous(at::MemoryFormat::ChannelsLast);
  for (const Layer& layer : std::span(layers_).first(layers)) x = at::relu(layer.down(x));
  return x;
}

at::Tensor ConvAutoencoder::decode(const at::Tensor& embedding) {
  require(embedding.dim() == 2 && embedding.size(1) == params_.embedding, "expected embeddings (B, {}), got {}",
          params_.embedding, shoal::to_string(shoal::Shape(embedding.sizes().vec())));
  at::Tensor x = from_embedding_(embedding).view({embedding.size(0), inner_[0], inner_[1], inner_[2]});
  x = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    x = layer->up(at::relu(x), layer->height, layer->width);
  return x;
}
