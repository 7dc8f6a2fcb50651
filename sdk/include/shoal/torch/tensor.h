// shoal/torch/tensor.h: between Shoal's arrays and LibTorch's tensors. Torch tier.
#ifndef SHOAL_TORCH_TENSOR_H_
#define SHOAL_TORCH_TENSOR_H_

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Tensors by name, in a fixed order: "conv1.weight".
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// The array as a tensor on the CPU. No copy: the tensor keeps the array's memory, and writing to one writes to both.
at::Tensor tensor(Array array);

/// The view as a tensor on the CPU. No copy, and nobody keeps the memory: not beyond the view's own life.
at::Tensor borrowed_tensor(ConstArray view);

/// The tensor as a view; it must be on the CPU with last stride 1 (`tensor.contiguous()` makes it so), and live longer
/// than the view. Throws InputError otherwise, or for a dtype that arrays do not have.
ConstArray view(const at::Tensor& tensor);

/// Rows (N, D) divided by their length; a row of zeros stays one, with the gradient of x. With gradients.
at::Tensor unit_rows(const at::Tensor& rows);

}  // namespace shoal

#endif  // SHOAL_TORCH_TENSOR_H_
