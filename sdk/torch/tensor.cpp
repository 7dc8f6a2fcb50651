#include "shoal/torch/tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "shoal/matrix.h"

namespace shoal {
namespace {

at::ScalarType torch_dtype(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return at::kByte;
    case DType::kInt64: return at::kLong;
    case DType::kFloat32: return at::kFloat;
    case DType::kFloat64: break;
  }
  return at::kDouble;
}

DType shoal_dtype(at::ScalarType dtype) {
  for (const DType known : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64})
    if (torch_dtype(known) == dtype) return known;
  throw InputError(text("arrays hold uint8, int64, float32 or float64, but the tensor is {}", at::toString(dtype)));
}

at::Tensor from_view(ConstArray view, const std::function<void(void*)>& release) {
  Shape strides;
  for (int axis = 0; axis < view.rank(); ++axis) strides.push_back(view.stride(axis));
  const auto shape = view.shape();
  return at::from_blob(const_cast<void*>(view.bytes()), at::IntArrayRef(shape.data(), shape.size()), strides, release,
                       at::TensorOptions(torch_dtype(view.dtype())));
}

/// The strides of `tensor`, but 1 for a last axis of size 1: LibTorch counts any stride as contiguous there.
Shape strides_of(const at::Tensor& tensor) {
  Shape strides = tensor.strides().vec();
  if (!strides.empty() && (tensor.size(-1) == 1 || tensor.numel() == 0)) strides.back() = 1;
  return strides;
}

}  // namespace

at::Tensor tensor(Array array) {
  const ConstArray view = array.view();
  return from_view(view, [kept = std::move(array)](void*) {});
}

at::Tensor unit_rows(const at::Tensor& rows) {
  // By 1 where the length is 0: a length clamped to 1e-12 would make gradients of 1e12.
  const at::Tensor length = at::linalg_vector_norm(rows, 2, at::IntArrayRef{1}, /*keepdim=*/true);
  return rows.div(length.masked_fill(length.eq(0), 1));
}

at::Tensor borrowed_tensor(ConstArray view) {
  return from_view(view, [](void*) {});
}

ConstArray view(const at::Tensor& tensor) {
  require(tensor.defined(), "expected a tensor, got an undefined one");
  require(tensor.device().is_cpu(), "expected a tensor on the cpu, got one on {}", tensor.device().str());
  const Shape strides = strides_of(tensor);
  require(strides.empty() || strides.back() == 1, "expected a tensor whose last stride is 1, got {}",
          strides.empty() ? 1 : strides.back());
  const auto [code, bits] = detail::code_and_bits(shoal_dtype(tensor.scalar_type()));
  return ConstArray(shoal_array{tensor.data_ptr(), 1, 0, static_cast<std::int32_t>(tensor.dim()),
                                static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(bits), 1,
                                tensor.sizes().data(), strides.data(), 0});
}

}  // namespace shoal
