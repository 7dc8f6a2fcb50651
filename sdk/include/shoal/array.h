// shoal/array.h: n-dimensional arrays, as views (ConstArray, MutableArray) and as counted memory (Array).
//
// Everything that crosses between host and plugin is in the host's memory, row-major up to the stride of its rows: the
// last stride is 1, the others are free. A view is a few numbers; copy it freely, but not beyond the call it came with.
#ifndef SHOAL_ARRAY_H_
#define SHOAL_ARRAY_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "shoal/abi.h"
#include "shoal/error.h"

namespace Eigen {  // what is named here; shoal/matrix.h has it whole
template <typename, int, int, int, int, int>
class Matrix;
template <typename>
class MatrixBase;
}  // namespace Eigen

namespace [[gnu::visibility("hidden")]] shoal {

using Index = std::int64_t;  ///< of rows, columns, numbers

/// The sizes of an array or of one example, outermost first: (1, 28, 28).
using Shape = std::vector<Index>;

/// A matrix of our own, one example a row. Who has one includes shoal/matrix.h.
template <typename Scalar>
using RowMatrix = Eigen::Matrix<Scalar, -1, -1, 1, -1, -1>;

enum class DType { kUInt8, kInt64, kFloat32, kFloat64 };  ///< what arrays hold

/// "float32", as NumPy says it.
inline const char* name(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return "uint8";
    case DType::kInt64: return "int64";
    case DType::kFloat32: return "float32";
    case DType::kFloat64: return "float64";
  }
  return "?";
}

template <typename Scalar>
constexpr DType dtype_of() {  ///< of a number of this type
  if constexpr (std::is_same_v<Scalar, std::uint8_t>) return DType::kUInt8;
  else if constexpr (std::is_same_v<Scalar, std::int64_t>) return DType::kInt64;
  else if constexpr (std::is_same_v<Scalar, float>) return DType::kFloat32;
  else if constexpr (std::is_same_v<Scalar, double>) return DType::kFloat64;
  else static_assert(sizeof(Scalar) == 0, "arrays hold uint8, int64, float32 or float64");
}
/// The size of one number.
inline Index bytes_of(DType dtype) { return dtype == DType::kUInt8 ? 1 : dtype == DType::kFloat32 ? 4 : 8; }

/// "(60000, 784)"
inline std::string to_string(std::span<const Index> shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + ")";
}

namespace detail {
constexpr int kMaxRank = 8;

inline std::pair<int, int> code_and_bits(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return {SHOAL_CODE_UINT, 8};
    case DType::kInt64: return {SHOAL_CODE_INT, 64};
    case DType::kFloat32: return {SHOAL_CODE_FLOAT, 32};
    case DType::kFloat64: break;
  }
  return {SHOAL_CODE_FLOAT, 64};
}

inline DType dtype_from(int code, int bits) {
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64})
    if (code_and_bits(dtype) == std::pair(code, bits)) return dtype;
  throw InputError(text("arrays of code {} with {} bits are not known here", code, bits));
}

[[noreturn]] inline void throw_no_features(DType dtype) {
  throw InputError(text("features must be float32, float64 or uint8, but are {}", name(dtype)));
}

/// An array as a matrix of Eigen's. Incomplete here: who asks for one includes shoal/matrix.h, and Eigen with it.
template <typename Scalar>
struct MatrixNeedsIncludeOfShoalMatrixH;
}  // namespace detail

/// The rows of an array (N, …), one example each: `rows[i][j]` is number j of row i. No copy; rows may lie apart.
/// Scalar is const where they are not to be written to.
template <typename Scalar>
class RowSpans {
 public:
  using value_type = std::remove_const_t<Scalar>;  ///< of a number

  RowSpans(Scalar* data, Index rows, Index cols, Index stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {}
  Index rows() const { return rows_; }  ///< N
  Index cols() const { return cols_; }  ///< numbers in a row
  /// The numbers of row i.
  std::span<Scalar> operator[](Index i) const { return {data_ + i * stride_, static_cast<std::size_t>(cols_)}; }

 private:
  Scalar* data_;
  Index rows_, cols_, stride_;
};

/// A read-only view of an array in the host's memory.
class ConstArray {
 public:
  ConstArray() = default;  ///< of no examples, rank 1

  /// Throws InputError for what is no array of the host: another device, dtype or rank above 8.
  explicit ConstArray(const shoal_array& array)
      : data_(static_cast<char*>(array.data)), dtype_(detail::dtype_from(array.code, array.bits)), rank_(array.rank) {
    require(array.device_type == 1, "the array is on device type {}, not in the host's memory", array.device_type);
    require(rank_ >= 0 && rank_ <= detail::kMaxRank, "an array of rank {}; at most 8 is known here", rank_);
    data_ += array.byte_offset;
    for (int i = 0; i < rank_; ++i) shape_[i] = array.shape[i], strides_[i] = array.strides[i];
    const Index last = rank_ == 0 ? 1 : strides_[static_cast<std::size_t>(rank_ - 1)];
    require(last == 1, "the last stride must be 1, but is {}", last);
  }

  /// `data`, row-major and without gaps, seen as `shape`.
  template <typename Scalar>
  ConstArray(const Scalar* data, std::span<const Index> shape)
      : ConstArray(const_cast<Scalar*>(data), dtype_of<Scalar>(), shape) {}
  template <typename Scalar>
  ConstArray(const Scalar* data, std::initializer_list<Index> shape)
      : ConstArray(data, std::span<const Index>(shape.begin(), shape.size())) {}

  /// A vector (N), or a RowMatrix (N, D).
  template <typename Scalar>
  explicit ConstArray(const std::vector<Scalar>& values)
      : ConstArray(values.data(), {static_cast<Index>(values.size())}) {}
  template <typename Scalar>
  explicit ConstArray(const RowMatrix<Scalar>& m) : ConstArray(m.data(), {m.rows(), m.cols()}) {}
  /// What its numbers are, how many axes it has, and their sizes, outermost first.
  DType dtype() const { return dtype_; }
  int rank() const { return rank_; }
  std::span<const Index> shape() const { return {shape_.data(), static_cast<std::size_t>(rank_)}; }
  Index stride(int axis) const { return strides_[axis]; }  ///< in elements

  Index rows() const { return rank_ == 0 ? 1 : shape_[0]; }  ///< size of the first axis
  Index cols() const {                                       ///< numbers in a row: the product of the other axes
    Index out = 1;
    for (int i = 1; i < rank_; ++i) out *= shape_[i];
    return out;
  }
  Index size() const { return rows() * cols(); }  ///< numbers in all

  /// Whether all numbers lie together, without gaps between rows.
  bool contiguous() const {
    Index expected = 1;
    for (int i = rank_ - 1; i >= 0; --i) {
      if (shape_[i] != 1 && strides_[i] != expected) return false;
      expected *= shape_[i];
    }
    return true;
  }

  /// The first number. Throws InputError where the dtype is another one.
  template <typename Scalar>
  const Scalar* data() const {
    require(dtype_ == dtype_of<Scalar>(), "expected {}, got {}", name(dtype_of<Scalar>()), name(dtype_));
    return reinterpret_cast<const Scalar*>(data_);
  }
  const void* bytes() const { return data_; }

  /// Its rows(), each of cols() numbers; the axes after the first must lie together. Throws InputError on another
  /// dtype.
  template <typename Scalar>
  RowSpans<const Scalar> row_spans() const {
    return {data<Scalar>(), rows(), cols(), row_stride()};
  }

  /// The same as a ConstMatrix<Scalar> of Eigen's, by shoal/matrix.h.
  template <typename Scalar>
  auto matrix() const {
    return detail::MatrixNeedsIncludeOfShoalMatrixH<Scalar>::map(data<Scalar>(), rows(), cols(), row_stride());
  }

  /// As a vector (N). Throws InputError on another dtype or rank.
  template <typename Scalar>
  std::span<const Scalar> vector() const {
    require(rank_ == 1, "expected a vector, got an array of shape {}", to_string(shape()));
    return {data<Scalar>(), static_cast<std::size_t>(rows())};
  }

  /// Rows `from` to `to`, without the last. No copy.
  ConstArray slice(Index from, Index to) const {
    SHOAL_ASSERT(0 <= from && from <= to && to <= rows());
    ConstArray out = *this;
    out.data_ += from * strides_[0] * bytes_of(dtype_);
    out.shape_[0] = to - from;
    return out;
  }

  /// As (rows(), cols()), an example a row; the axes after the first must lie together. No copy.
  ConstArray flattened() const {
    ConstArray out = *this;
    out.rank_ = 2;
    out.shape_ = {rows(), cols()};
    out.strides_ = {row_stride(), 1};
    return out;
  }

  /// This view for a C function; valid as long as this object.
  shoal_array c_array() const {
    const auto [code, bits] = detail::code_and_bits(dtype_);
    return {data_,
            1,
            0,
            rank_,
            static_cast<std::uint8_t>(code),
            static_cast<std::uint8_t>(bits),
            1,
            shape_.data(),
            strides_.data(),
            0};
  }

 protected:
  ConstArray(void* data, DType dtype, std::span<const Index> shape)
      : data_(static_cast<char*>(data)), dtype_(dtype), rank_(static_cast<int>(shape.size())) {
    require(shape.size() <= detail::kMaxRank, "an array of rank {}; at most 8 is known here", rank_);
    Index stride = 1;
    for (int i = rank_ - 1; i >= 0; --i) {
      shape_[i] = shape[i];
      strides_[i] = stride;
      stride *= shape[i];
    }
  }

  Index row_stride() const {  ///< elements from one row to the next, throws where the numbers of a row lie apart
    if (rank_ < 2) return 1;
    Index expected = 1;
    for (int i = rank_ - 1; i >= 1; --i) {
      require(shape_[i] == 1 || strides_[i] == expected, "the numbers of one row must lie together");
      expected *= shape_[i];
    }
    return strides_[0];
  }

  char* data_ = nullptr;                            ///< the first number
  DType dtype_ = DType::kFloat32;                   ///< of what `data_` points to
  int rank_ = 1;                                    ///< number of axes
  std::array<Index, detail::kMaxRank> shape_{};     ///< the first `rank_` count
  std::array<Index, detail::kMaxRank> strides_{1};  ///< in elements, likewise
};

/// A view that may be written to.
class MutableArray : public ConstArray {
 public:
  MutableArray() = default;
  explicit MutableArray(const shoal_array& array) : ConstArray(array) {}  ///< as ConstArray
  template <typename Scalar>
  MutableArray(Scalar* data, std::span<const Index> shape) : ConstArray(data, dtype_of<Scalar>(), shape) {}
  template <typename Scalar>
  MutableArray(Scalar* data, std::initializer_list<Index> shape)
      : MutableArray(data, std::span<const Index>(shape.begin(), shape.size())) {}
  template <typename Scalar>
  explicit MutableArray(std::vector<Scalar>& values)
      : MutableArray(values.data(), {static_cast<Index>(values.size())}) {}
  template <typename Scalar>
  explicit MutableArray(RowMatrix<Scalar>& m) : MutableArray(m.data(), {m.rows(), m.cols()}) {}  ///< as ConstArray

  template <typename Scalar>
  Scalar* data() const {  ///< as of ConstArray, to be written to
    return const_cast<Scalar*>(ConstArray::data<Scalar>());
  }
  void* bytes() const { return data_; }  ///< the first one
  template <typename Scalar>
  RowSpans<Scalar> row_spans() const {  ///< as of ConstArray, to be written to
    return {data<Scalar>(), rows(), cols(), row_stride()};
  }
  template <typename Scalar>
  auto matrix() const {  ///< as of ConstArray, to be written to
    return detail::MatrixNeedsIncludeOfShoalMatrixH<Scalar>::map(data<Scalar>(), rows(), cols(), row_stride());
  }
  template <typename Scalar>
  std::span<Scalar> vector() const {  ///< as of ConstArray, to be written to
    const auto values = ConstArray::vector<Scalar>();
    return {const_cast<Scalar*>(values.data()), values.size()};
  }
  MutableArray slice(Index from, Index to) const {  ///< as of ConstArray
    MutableArray out;
    static_cast<ConstArray&>(out) = ConstArray::slice(from, to);
    return out;
  }
};

/// Counted memory, row-major without gaps, 64-byte aligned. Copies share it. Context::allocate makes one in the host's
/// memory; only such an Array may be returned from a component.
class Array {
 public:
  Array() = default;  ///< nothing; `if (array)` is false
  /// Takes over one reference.
  explicit Array(shoal_buffer* buffer) : buffer_(buffer) {}
  Array(const Array& other) : buffer_(other.buffer_) {
    if (buffer_ != nullptr) buffer_->retain(buffer_);
  }
  Array(Array&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  Array& operator=(Array other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~Array() {  ///< gives its reference back
    if (buffer_ != nullptr) buffer_->release(buffer_);
  }
  /// What it is a view of; without memory, of no examples.
  explicit operator bool() const { return buffer_ != nullptr; }
  ConstArray view() const { return buffer_ == nullptr ? ConstArray() : ConstArray(buffer_->array); }
  operator ConstArray() const { return view(); }  // NOLINT: an Array is used wherever a view is asked for
  MutableArray mutable_view() { return buffer_ == nullptr ? MutableArray() : MutableArray(buffer_->array); }
  /// As of its view.
  DType dtype() const { return view().dtype(); }
  Index rows() const { return view().rows(); }
  Index cols() const { return view().cols(); }
  Index size() const { return view().size(); }

  /// Hands the reference to a C result.
  shoal_buffer* release() { return std::exchange(buffer_, nullptr); }

 private:
  shoal_buffer* buffer_ = nullptr;
};

/// Calls `use` with the rows of the features as RowSpans of their dtype: float, double or std::uint8_t. (As a matrix of
/// Eigen's: visit_matrix of shoal/matrix.h.)
template <typename Use>
decltype(auto) visit_rows(ConstArray features, Use&& use) {
  switch (features.dtype()) {
    case DType::kFloat32: return use(features.row_spans<float>());
    case DType::kFloat64: return use(features.row_spans<double>());
    case DType::kUInt8: return use(features.row_spans<std::uint8_t>());
    default: detail::throw_no_features(features.dtype());
  }
}

/// What `require_features` demands beyond rank 2, a numeric dtype and finite numbers.
struct FeatureLimits {
  Index min_rows = 1;  ///< N must be at least that
  Index cols = -1;     ///< −1: any
};

/// What require_features says of everything but the numbers themselves.
inline void require_feature_shape(ConstArray features, FeatureLimits limits = {}) {
  require(features.rank() == 2, "features must be (N, D), but have shape {}", to_string(features.shape()));
  require(features.rows() >= limits.min_rows, "needs at least {} examples, but there are only {}", limits.min_rows,
          features.rows());
  require(features.cols() >= 1, "features have no columns");
  require(limits.cols < 0 || features.cols() == limits.cols, "expected {} columns, got {}", limits.cols,
          features.cols());
  if (features.dtype() == DType::kInt64) detail::throw_no_features(features.dtype());
}

namespace detail {
template <typename Scalar>
void require_finite_rows(const RowSpans<const Scalar>& rows, Index from, Index to) {
  // NaN·0 and inf·0 are NaN, and a sum keeps it; several sums, so that they need not wait for each other.
  constexpr Index kLanes = 16;
  Scalar sums[kLanes] = {};
  for (Index i = from; i < to; ++i) {
    const Scalar* row = rows[i].data();
    Index j = 0;
    for (; j + kLanes <= rows.cols(); j += kLanes)
      for (Index lane = 0; lane < kLanes; ++lane) sums[lane] += row[j + lane] * Scalar(0);
    for (Index lane = 0; j < rows.cols(); ++j, ++lane) sums[lane] += row[j] * Scalar(0);
  }
  bool finite = true;
  for (const Scalar sum : sums) finite &= sum == 0;
  if (finite) return;
  for (Index i = from; i < to; ++i) {
    const Scalar* row = rows[i].data();
    for (Index j = 0; j < rows.cols(); ++j)
      require(row[j] * Scalar(0) == 0, "features hold {} at row {}, column {}",
              row[j] != row[j] ? "NaN" : "an infinity", i, j);
  }
}
}  // namespace detail

/// Throws InputError unless the rows `from` up to `to` (without it) are finite; the row and column of the first NaN or
/// infinity are named.
inline void require_finite_rows(ConstArray features, Index from, Index to) {
  if (features.dtype() == DType::kFloat32) detail::require_finite_rows(features.row_spans<float>(), from, to);
  if (features.dtype() == DType::kFloat64) detail::require_finite_rows(features.row_spans<double>(), from, to);
}

/// Throws InputError with both numbers unless `features` is (N, D), float32, float64 or uint8, N ≥ min_rows, D ≥ 1, and
/// all numbers are finite; the row and column of the first NaN or infinity are named. Where there is a Context, the
/// overload in shoal/context.h looks on all threads. What comes through a proxy has been looked at.
inline void require_features(ConstArray features, FeatureLimits limits = {}) {
  require_feature_shape(features, limits);
  require_finite_rows(features, 0, features.rows());
}

}  // namespace shoal

#endif  // SHOAL_ARRAY_H_
