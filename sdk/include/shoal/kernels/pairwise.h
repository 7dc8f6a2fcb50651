// shoal/kernels/pairwise.h: the distances of all rows to all rows, and whether there is room for them.
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

/// Asks, before they are computed, that the distances of all pairs of n rows, n²·bytes, take at most `memory_limit_gb`
/// GiB. This is the parameter of that name, of kDistancesLimitGb unless the user says it, of all that keeps them.
/// Throws InputError  they take more: both are named, and `instead`, what the user may do but raise it
void require_distances_fit(Index n, double bytes, double memory_limit_gb, const char* instead);
constexpr double kDistancesLimitGb = 4;

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_PAIRWISE_H_
