// shoal/matrix.h: arrays as matrices of Eigen's. A header of its own, since Eigen takes longer to compile than all else
// here: who needs rows of numbers alone has ConstArray::row_spans and visit_rows (array.h).
#ifndef SHOAL_MATRIX_H_
#define SHOAL_MATRIX_H_

#include <Eigen/Core>
#include <cstdint>
#include <type_traits>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {

static_assert(
    std::is_same_v<RowMatrix<double>, Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>);

/// Somebody else's matrix, one example a row; rows may lie apart, the numbers of a row lie together.
template <typename Scalar>
using ConstMatrix = Eigen::Map<const RowMatrix<Scalar>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <typename Scalar>
using MutableMatrix = Eigen::Map<RowMatrix<Scalar>, Eigen::Unaligned, Eigen::OuterStride<>>;

namespace detail {
template <typename Scalar>
struct MatrixNeedsIncludeOfShoalMatrixH {
  static ConstMatrix<Scalar> map(const Scalar* data, Index rows, Index cols, Index stride) {
    return ConstMatrix<Scalar>(data, rows, cols, Eigen::OuterStride<>(stride));
  }
  static MutableMatrix<Scalar> map(Scalar* data, Index rows, Index cols, Index stride) {
    return MutableMatrix<Scalar>(data, rows, cols, Eigen::OuterStride<>(stride));
  }
};
}  // namespace detail

/// Calls `use` with the features as a ConstMatrix of their dtype: float, double or std::uint8_t.
template <typename Use>
decltype(auto) visit_matrix(ConstArray features, Use&& use) {
  switch (features.dtype()) {
    case DType::kFloat32: return use(features.matrix<float>());
    case DType::kFloat64: return use(features.matrix<double>());
    case DType::kUInt8: return use(features.matrix<std::uint8_t>());
    default: detail::throw_no_features(features.dtype());
  }
}

/// The features as float64, which loses nothing.
inline RowMatrix<double> to_float64(ConstArray features) {
  return visit_matrix(features, [](const auto& x) -> RowMatrix<double> { return x.template cast<double>(); });
}

/// The features as float64, each row divided by its length; a row of zeros stays one.
inline RowMatrix<double> unit_rows(ConstArray features) {
  RowMatrix<double> out = to_float64(features);
  for (Eigen::Index i = 0; i < out.rows(); ++i)
    if (const double length = out.row(i).norm(); length > 0) out.row(i) /= length;
  return out;
}

}  // namespace shoal

#endif  // SHOAL_MATRIX_H_
