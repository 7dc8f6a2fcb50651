// network.h: a TorchScript file, loaded.
#ifndef SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_NETWORK_H_
#define SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_NETWORK_H_

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <string>

#include "shoal/torch/tensor.h"

/// The module of a TorchScript file, with LibTorch's errors in words.
class LoadedNetwork {
 public:
  /// Throws InputError  there is no such file; it is no TorchScript, or of a LibTorch or of operators that are not here
  explicit LoadedNetwork(const std::string& file);

  const std::string& name() const { return name_; }  ///< "'encoder.pt'", for messages
  shoal::NamedTensors parameters() const;
  shoal::NamedTensors buffers() const;
  bool draws() const;  ///< whether its code has an operator that draws random numbers

  void train(bool on);         ///< of all modules in it
  void to(at::Device device);  ///< its tensors, in place

  /// What forward returns, with gradients. Computed operator by operator, as PyTorch does without TorchScript: the
  /// optimising executor watches the first calls and then computes otherwise, so that bytes would hang on their number.
  /// Throws InputError  the network's own error; it returns anything but one tensor
  at::Tensor forward(const at::Tensor& batch);

 private:
  std::string name_;
  torch::jit::Module module_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_NETWORK_H_
