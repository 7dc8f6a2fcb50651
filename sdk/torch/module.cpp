#include "shoal/torch/module.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "shoal/matrix.h"

namespace shoal {
namespace {

bool has(const NamedTensors& tensors, const std::string& name) {
  return std::any_of(tensors.begin(), tensors.end(), [&](const auto& entry) { return entry.first == name; });
}

/// Uniform in ±bound, drawn in the order of the indices.
at::Tensor uniform(at::IntArrayRef shape, double bound, Random random) {
  at::Tensor out = at::empty(shape, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for (Index i = 0; i < out.numel(); ++i) values[i] = static_cast<float>(random.uniform(-bound, bound));
  return out;
}

/// The same values, lying as channels_last in strides too where there is 1 channel: `contiguous` takes both orders for
/// one there and leaves those of channels first, and then the convolution and the pool after it work in that order.
at::Tensor channels_last(const at::Tensor& weight) {
  return at::empty(weight.sizes(), weight.options().memory_format(at::MemoryFormat::ChannelsLast)).copy_(weight);
}

void require_sizes(const std::string& name, const Conv2dOptions& options) {
  require(options.in >= 1 && options.out >= 1 && options.kernel >= 1 && options.stride >= 1,
          "'{}' needs at least 1 input, 1 output, a kernel of 1 and a stride of 1, got {}, {}, {} and {}", name,
          options.in, options.out, options.kernel, options.stride);
}

}  // namespace

at::Tensor Module::add_parameter(std::string name, at::Tensor value) {
  require(!has(parameters_, name) && !has(buffers_, name), "there is a tensor named '{}' already", name);
  value.set_requires_grad(true);
  return parameters_.emplace_back(std::move(name), std::move(value)).second;
}

at::Tensor Module::add_buffer(std::string name, at::Tensor value) {
  require(!has(parameters_, name) && !has(buffers_, name), "there is a tensor named '{}' already", name);
  return buffers_.emplace_back(std::move(name), std::move(value)).second;
}

NamedTensors Module::state() const {
  NamedTensors all = parameters_;
  all.insert(all.end(), buffers_.begin(), buffers_.end());
  return all;
}

void Module::to(at::Device device) {
  const c10::NoGradGuard no_grad;
  for (const NamedTensors* tensors : {&parameters_, &buffers_}) {
    for (const auto& [name, tensor] : *tensors) {
      const at::Tensor gradient = tensor.grad();
      tensor.set_data(tensor.to(device));
      if (gradient.defined()) tensor.mutable_grad() = gradient.to(device);
    }
  }
}

void copy_state(const NamedTensors& from, const NamedTensors& to) {
  require(from.size() == to.size(), "expected a state of {} tensors, got {}", to.size(), from.size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto& [got, source] = from[i];
    const auto& [wanted, target] = to[i];
    require(got == wanted, "expected tensor '{}', got '{}'", wanted, got);
    require(source.sizes() == target.sizes(), "tensor '{}' must have shape {}, but the one given has {}", wanted,
            to_string(Shape(target.sizes().vec())), to_string(Shape(source.sizes().vec())));
  }
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < to.size(); ++i) to[i].second.copy_(from[i].second);
}

void update_average(const Module& trained, const Module& average, double decay) {
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < trained.parameters().size(); ++i)
    average.parameters()[i].second.lerp_(trained.parameters()[i].second, 1 - decay);
  copy_state(trained.buffers(), average.buffers());
}

at::Tensor random_unit_rows(Index rows, Index columns, Random random) {
  at::Tensor out = at::empty({rows, columns}, at::kFloat);
  for (Index i = 0; i < out.numel(); ++i) out.mutable_data_ptr<float>()[i] = static_cast<float>(random.normal());
  return unit_rows(out);
}

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }

Linear add_linear(Module& module, const std::string& name, Index in, Index out, Random random) {
  require(in >= 1 && out >= 1, "'{}' needs at least 1 input and 1 output, got {} and {}", name, in, out);
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  return {module.add_parameter(name + ".weight", uniform({out, in}, bound, random.fork(name + ".weight"))),
          module.add_parameter(name + ".bias", uniform({out}, bound, random.fork(name + ".bias")))};
}

at::Tensor Conv2d::operator()(const at::Tensor& x) const { return at::conv2d(x, weight, bias, stride, padding); }

Conv2d add_conv2d(Module& module, const std::string& name, const Conv2dOptions& options, Random random) {
  const auto& [in, out, kernel, padding, with_bias, stride] = options;
  require_sizes(name, options);
  const double bound = 1 / std::sqrt(static_cast<double>(in * kernel * kernel));
  const at::Tensor weight = uniform({out, in, kernel, kernel}, bound, random.fork(name + ".weight"));
  Conv2d layer;
  layer.padding = padding;
  layer.stride = stride;
  layer.weight = module.add_parameter(name + ".weight", channels_last(weight));
  if (with_bias) layer.bias = module.add_parameter(name + ".bias", uniform({out}, bound, random.fork(name + ".bias")));
  return layer;
}

at::Tensor ConvTranspose2d::operator()(const at::Tensor& x, Index height, Index width) const {
  const auto more = [&](Index in, Index out) {
    const Index extra = out - ((in - 1) * stride - 2 * padding + weight.size(2));
    require(extra >= 0 && extra < stride,
            "{} x {} cannot be what a convolution of kernel {}, stride {} and padding {} made {} x {} of", height,
            width, weight.size(2), stride, padding, x.size(2), x.size(3));
    return extra;
  };
  return at::conv_transpose2d(x, weight, bias, at::IntArrayRef(stride), at::IntArrayRef(padding),
                              /*output_padding=*/{more(x.size(2), height), more(x.size(3), width)});
}

ConvTranspose2d add_conv_transpose2d(Module& module, const std::string& name, const Conv2dOptions& options,
                                     Random random) {
  const auto& [in, out, kernel, padding, with_bias, stride] = options;
  require_sizes(name, options);
  const double bound = 1 / std::sqrt(static_cast<double>(out * kernel * kernel));
  const at::Tensor weight = uniform({in, out, kernel, kernel}, bound, random.fork(name + ".weight"));
  ConvTranspose2d layer;
  layer.padding = padding;
  layer.stride = stride;
  layer.weight = module.add_parameter(name + ".weight", channels_last(weight));
  if (with_bias) layer.bias = module.add_parameter(name + ".bias", uniform({out}, bound, random.fork(name + ".bias")));
  return layer;
}

at::Tensor BatchNorm::operator()(const at::Tensor& x, bool training) const {
  require(!training || x.numel() > weight.numel(),
          "batch norm in training needs more than 1 value of each channel, got a batch of shape {}",
          to_string(Shape(x.sizes().vec())));
  return at::batch_norm(x, weight, bias, running_mean, running_var, training, /*momentum=*/0.1, /*eps=*/1e-5,
                        /*cudnn_enabled=*/true);
}

BatchNorm add_batch_norm(Module& module, const std::string& name, Index channels) {
  require(channels >= 1, "'{}' needs at least 1 channel, got {}", name, channels);
  return {module.add_parameter(name + ".weight", at::ones({channels})),
          module.add_parameter(name + ".bias", at::zeros({channels})),
          module.add_buffer(name + ".running_mean", at::zeros({channels})),
          module.add_buffer(name + ".running_var", at::ones({channels}))};
}

}  // namespace shoal
