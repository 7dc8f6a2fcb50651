// shoal/kernels/row_distances.h: from one row to many, in float64.
#ifndef SHOAL_KERNELS_ROW_DISTANCES_H_
#define SHOAL_KERNELS_ROW_DISTANCES_H_

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// out[i] = ‖x − row i‖² of `count` rows of `cols` numbers that lie one behind another, summed as nearest() sums them:
/// the same bits on every processor, and from i to j as from j to i.
void squared_distances(const double* x, const double* rows, Index count, Index cols, double* out);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ROW_DISTANCES_H_
