// Arithmetic on rows in float64, the same bits on every processor: what decides labels and sums. Internal.
#ifndef SHOAL_KERNELS_ARITHMETIC_H_
#define SHOAL_KERNELS_ARITHMETIC_H_

#include <algorithm>
#include <span>

#include "isa.h"
#include "shoal/array.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// One instruction set's code. Its results do not differ from those of another: each operation is rounded by itself
/// (no fused multiply-add) and the order of every sum is written down.
struct Arithmetic {
  /// Σ (x − c)² of two rows of `cols` numbers. Column j adds to partial sum j mod 8; the eight are added pairwise.
  double (*squared_distance)(const double* x, const double* c, Index cols);
  /// The same from x to each of `count` rows that lie one behind another.
  void (*squared_distances)(const double* x, const double* rows, Index count, Index cols, double* out);

  /// sum = Σ rows. Eight rows are added pairwise, then to the sum; the last few one by one.
  void (*sum_float64)(const double* const* rows, Index count, Index cols, double* sum);
  void (*sum_float32)(const float* const* rows, Index count, Index cols, double* sum);
  void (*sum_uint8)(const std::uint8_t* const* rows, Index count, Index cols, double* sum);
  /// sum += weight · (x − origin)
  void (*add_float64)(double* sum, const double* x, const double* origin, double weight, Index cols);
  void (*add_float32)(double* sum, const float* x, const double* origin, double weight, Index cols);
  void (*add_uint8)(double* sum, const std::uint8_t* x, const double* origin, double weight, Index cols);
};

const Arithmetic& arithmetic(Isa isa = best_isa());

/// Of row i; where there are no weights all are 1.
inline double weight_of(std::span<const double> weights, Index i) {
  return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)];
}

/// Features of any dtype, read as float64 row by row.
class Rows {
 public:
  explicit Rows(ConstArray features)
      : features_(features), stride_(features.stride(0) * bytes_of(features.dtype())), cols_(features.cols()) {}

  /// Row i; written to `buffer` (of cols() numbers) unless it already is float64.
  const double* read(Index i, double* buffer) const {
    switch (features_.dtype()) {
      case DType::kFloat64: return at<double>(i);
      case DType::kFloat32: std::copy_n(at<float>(i), cols_, buffer); return buffer;
      default: std::copy_n(at<std::uint8_t>(i), cols_, buffer); return buffer;
    }
  }
  /// Writes row i to `to` (cols).
  void copy(Index i, double* to) const {
    if (const double* row = read(i, to); row != to) std::copy_n(row, cols_, to);
  }
  /// The rows `which` as float64 (which.size(), D).
  RowMatrix<double> take(std::span<const Index> which) const {
    RowMatrix<double> out(static_cast<Index>(which.size()), cols_);
    for (std::size_t i = 0; i < which.size(); ++i) copy(which[i], out.row(static_cast<Index>(i)).data());
    return out;
  }
  /// sum += weight · (row i − origin)
  void add(const Arithmetic& on, Index i, const double* origin, double weight, double* sum) const {
    switch (features_.dtype()) {
      case DType::kFloat64: return on.add_float64(sum, at<double>(i), origin, weight, cols_);
      case DType::kFloat32: return on.add_float32(sum, at<float>(i), origin, weight, cols_);
      default: return on.add_uint8(sum, at<std::uint8_t>(i), origin, weight, cols_);
    }
  }
  template <typename Scalar>
  const Scalar* at(Index i) const {
    return reinterpret_cast<const Scalar*>(static_cast<const char*>(features_.bytes()) + i * stride_);
  }

  DType dtype() const { return features_.dtype(); }
  Index rows() const { return features_.rows(); }
  Index cols() const { return cols_; }

 private:
  ConstArray features_;
  Index stride_, cols_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ARITHMETIC_H_
