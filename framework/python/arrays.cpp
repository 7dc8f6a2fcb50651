#include "framework/python/arrays.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace shoal::python {

namespace py = pybind11;

namespace {

/// Of a letter of the buffer protocol ("<f" is float32, "l" int64); the sizes are this machine's.
DType dtype_of_buffer(const py::buffer_info& info) {
  std::string_view format = info.format;
  if (format.starts_with('<') || format.starts_with('=') || format.starts_with('@')) format.remove_prefix(1);
  if (format == "B") return DType::kUInt8;
  if (format == "f") return DType::kFloat32;
  if (format == "d") return DType::kFloat64;
  if ((format == "l" || format == "q") && info.itemsize == 8) return DType::kInt64;
  throw InputError(text("arrays hold uint8, int64, float32 or float64, but this one's format is '{}'", info.format));
}

const char* format_of(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return "B";
    case DType::kInt64: return "q";
    case DType::kFloat32: return "f";
    case DType::kFloat64: break;
  }
  return "d";
}

/// In numbers, of a buffer's strides in bytes; an axis of one or no number has whatever fits.
std::vector<Index> strides_of(const py::buffer_info& info) {
  std::vector<Index> out(info.strides.size());
  Index packed = 1;
  for (std::size_t axis = out.size(); axis-- > 0;) {
    out[axis] = info.shape[axis] > 1 ? info.strides[axis] / info.itemsize : packed;
    require(info.shape[axis] <= 1 || info.strides[axis] % info.itemsize == 0, "numbers that lie across each other");
    packed = out[axis] * std::max<Index>(info.shape[axis], 1);
  }
  return out;
}

}  // namespace

BorrowedArray::BorrowedArray(const py::buffer& array, bool writable) : info_(array.request(writable)) {
  const auto [code, bits] = detail::code_and_bits(dtype_of_buffer(info_));
  const std::vector<Index> shape(info_.shape.begin(), info_.shape.end()), strides = strides_of(info_);
  const shoal_array c = {info_.ptr,
                         1,
                         0,
                         static_cast<std::int32_t>(shape.size()),
                         static_cast<std::uint8_t>(code),
                         static_cast<std::uint8_t>(bits),
                         1,
                         shape.data(),
                         strides.data(),
                         0};
  view_ = ConstArray(c);
  if (writable) mutable_view_ = MutableArray(c);
}

std::optional<BorrowedArray> borrow(const std::optional<py::buffer>& array) {
  if (!array) return std::nullopt;
  return BorrowedArray(*array);
}

py::buffer_info describe(const Array& array) {
  const ConstArray view = array.view();
  const Index bytes = bytes_of(view.dtype());
  std::vector<py::ssize_t> shape(view.shape().begin(), view.shape().end()), strides(shape.size());
  Index step = bytes;
  for (std::size_t axis = shape.size(); axis-- > 0; step *= std::max<Index>(shape[axis], 1)) strides[axis] = step;
  return {const_cast<void*>(view.bytes()),        bytes, format_of(view.dtype()),
          static_cast<py::ssize_t>(shape.size()), shape, strides};
}

}  // namespace shoal::python
