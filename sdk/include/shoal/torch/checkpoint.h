// shoal/torch/checkpoint.h: tensors in checkpoints, see shoal/checkpoint.h.
#ifndef SHOAL_TORCH_CHECKPOINT_H_
#define SHOAL_TORCH_CHECKPOINT_H_

#include <ATen/core/Tensor.h>

#include <string>

#include "shoal/checkpoint.h"
#include "shoal/torch/tensor.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Keeps the numbers of a tensor on any device; how they lie in memory is not kept.
/// Throws InputError  a dtype that arrays do not have
void save_tensor(StateWriter& state, const std::string& name, const at::Tensor& tensor);

/// A tensor on the CPU, contiguous. Throws InputError  there is none of that name
at::Tensor load_tensor(const StateReader& state, const std::string& name);
/// Copies the numbers into `to`, which keeps its device and its strides, so that sums over it go as they went.
/// Throws InputError  there is none of that name, or one of another shape or dtype
void load_tensor(const StateReader& state, const std::string& name, const at::Tensor& to);

/// All of them, a module's parameters and buffers say, under "<prefix>.<name>".
void save_tensors(StateWriter& state, const std::string& prefix, const NamedTensors& tensors);
/// Copies them back into `to`. Throws InputError  as load_tensor
void load_tensors(const StateReader& state, const std::string& prefix, const NamedTensors& to);

}  // namespace shoal

#endif  // SHOAL_TORCH_CHECKPOINT_H_
