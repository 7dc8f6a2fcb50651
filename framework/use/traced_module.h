#ifndef SHOAL_FRAMEWORK_USE_TRACED_MODULE_H_
#define SHOAL_FRAMEWORK_USE_TRACED_MODULE_H_

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>

#include "shoal/torch/tensor.h"

namespace shoal::host {

/// A map of tensors as a TorchScript module, which torch.jit.load reads, in Python and in C++. LibTorch records what
/// `forward` does with an example; `state` become the module's parameters and buffers, dots in their names underscores.
///
/// A recording has no branches, so it is tried before it is kept: on another batch, of another size, it must give what
/// `forward` gives, to 1e-5 of the largest number.
/// Throws InputError  it does not, or LibTorch cannot record it: why
///        std::system_error  the file cannot be written
/// `example` (B, …) is what is recorded with, `another` (B', …) what it is tried on, B' ≠ B.
void write_torchscript(const std::filesystem::path& file, const NamedTensors& state,
                       const std::function<at::Tensor(const at::Tensor&)>& forward, const at::Tensor& example,
                       const at::Tensor& another);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_TRACED_MODULE_H_
