// shoal/kernels/pairwise.h: the distances of all rows to all rows.
#ifndef SHOAL_KERNELS_PAIRWISE_H_
#define SHOAL_KERNELS_PAIRWISE_H_

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// out(i, j) = Σ (rows(i, ·) − rows(j, ·))², summed as nearest() sums in float64, so that both agree to the last bit;
/// symmetric, with zeros on the diagonal. Each pair is computed once. Time O(N²·D), memory the result alone.
///
/// `rows` (N, D) finite; `out` (N, N), row-major without gaps. Throws Cancelled
void all_squared_distances(const Context& context, const RowMatrix<double>& rows, double* out);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_PAIRWISE_H_
