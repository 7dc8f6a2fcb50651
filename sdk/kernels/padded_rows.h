// Rows as float64 whose length is a whole number of partial sums. Internal.
#ifndef SHOAL_KERNELS_PADDED_ROWS_H_
#define SHOAL_KERNELS_PADDED_ROWS_H_

#include <span>

#include "arithmetic.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The rows `which`, or all where there are none, with zeros after the last column up to a multiple of eight: distances
/// are the same bits, and come without a remainder that is added number by number.
inline RowMatrix<double> padded_rows(ConstArray features, std::span<const Index> which = {}) {
  const Rows rows(features);
  const Index count = which.empty() ? rows.rows() : static_cast<Index>(which.size());
  RowMatrix<double> out = RowMatrix<double>::Zero(count, (rows.cols() + 7) / 8 * 8);
  for (Index i = 0; i < count; ++i)
    rows.copy(which.empty() ? i : which[static_cast<std::size_t>(i)], out.row(i).data());
  return out;
}

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_PADDED_ROWS_H_
