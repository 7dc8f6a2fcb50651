// shoal/torch/module.h: parameters and buffers by name, and the few layers that image encoders are made of.
//
// A component of the torch tier is a Module. It registers its tensors once, in `build`; the host copies, saves, moves
// and compares it by these names, so that no component writes code for that. Layers are plain structs that hold the
// same tensors. torch::nn is not needed (its headers cost 15 s a file), but a torch::nn module's tensors can be
// registered just as well.
#ifndef SHOAL_TORCH_MODULE_H_
#define SHOAL_TORCH_MODULE_H_

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "shoal/random.h"
#include "shoal/torch/tensor.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Trainable tensors (parameters) and others that belong to the state (buffers: running means), by name.
class Module {
 public:
  virtual ~Module() = default;
  const NamedTensors& parameters() const { return parameters_; }  ///< in the order they were added
  const NamedTensors& buffers() const { return buffers_; }        ///< likewise
  /// The parameters, then the buffers; the same tensors, not copies.
  NamedTensors state() const;

  /// Registers a tensor and returns it; a parameter gets requires_grad. Names are unique. In `build` only.
  at::Tensor add_parameter(std::string name, at::Tensor value);
  at::Tensor add_buffer(std::string name, at::Tensor value);

  /// Whether batch norm and dropout behave as in training; at first false.
  bool training() const { return training_; }
  void train(bool on) { training_ = on; }

  /// Moves all tensors, in place: whoever holds them sees them moved.
  void to(at::Device device);

 private:
  NamedTensors parameters_, buffers_;
  bool training_ = false;
};

/// Copies values by name. Throws InputError where names or shapes differ (both are named).
void copy_state(const NamedTensors& from, const NamedTensors& to);

/// One update of a moving average of a module's parameters: average ← decay·average + (1 − decay)·parameter. Buffers
/// are copied: running statistics are averages already. Both are of one class and built alike.
/// Source: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992).
void update_average(const Module& trained, const Module& average, double decay);

/// Rows (K, D) float32 of length 1 in random directions: what prototypes begin as.
at::Tensor random_unit_rows(Index rows, Index columns, Random random);

/// x·Wᵀ + b. Weight (out, in), bias (out).
struct Linear {
  at::Tensor weight, bias;                           ///< (out, in), (out)
  at::Tensor operator()(const at::Tensor& x) const;  ///< (B, in) → (B, out)
};
/// Registers "<name>.weight" and "<name>.bias", both uniform in ±1/√in: PyTorch's default, He et al. 2015 with a = √5.
Linear add_linear(Module& module, const std::string& name, Index in, Index out, Random random);

/// Cross-correlation of (B, in, H, W): H becomes ⌊(H + 2·padding − kernel) / stride⌋ + 1. Weight (out, in, kernel,
/// kernel); bias (out) or undefined. The weight lies in memory as channels_last, which is faster and which the result
/// inherits; who wants its bytes in order takes `weight.contiguous()`.
struct Conv2d {
  at::Tensor weight, bias;                           ///< as above
  Index padding = 0, stride = 1;                     ///< in pixels, on all sides alike
  at::Tensor operator()(const at::Tensor& x) const;  ///< (B, in, H, W) → (B, out, H', W')
};
struct Conv2dOptions {
  Index in = 1, out = 1, kernel = 3, padding = 0;  ///< channels; pixels
  bool bias = true;                                ///< whether it has one
  Index stride = 1;                                ///< in pixels
};
/// Both uniform in ±1/√(in·kernel²): PyTorch's default.
Conv2d add_conv2d(Module& module, const std::string& name, const Conv2dOptions& options, Random random);

/// The transpose of such a map, from (B, in, H', W') to the size (H, W) that the convolution came from: a transposed
/// convolution, as decoders have it. Weight (in, out, kernel, kernel), bias (out) or undefined. Several sizes become
/// the same H' under a stride above 1, so the call says which one is meant. Throws InputError  a size that does not
/// become (H', W')
struct ConvTranspose2d {
  at::Tensor weight, bias;                                                      ///< as above
  Index padding = 0, stride = 1;                                                ///< of the convolution
  at::Tensor operator()(const at::Tensor& x, Index height, Index width) const;  ///< to (B, out, height, width)
};
/// Both uniform in ±1/√(out·kernel²): PyTorch's default.
ConvTranspose2d add_conv_transpose2d(Module& module, const std::string& name, const Conv2dOptions& options,
                                     Random random);

/// Batch normalisation over axis 1 of (B, C) or (B, C, H, W): Ioffe and Szegedy 2015, momentum 0.1, eps 1e-5. In
/// training it uses the batch's mean and variance and updates the running ones; else it uses the running ones.
struct BatchNorm {
  at::Tensor weight, bias, running_mean, running_var;               ///< (C) each
  at::Tensor operator()(const at::Tensor& x, bool training) const;  ///< of the same shape
};
BatchNorm add_batch_norm(Module& module, const std::string& name, Index channels);

}  // namespace shoal

#endif  // SHOAL_TORCH_MODULE_H_
