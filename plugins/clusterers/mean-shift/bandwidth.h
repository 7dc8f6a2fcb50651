#ifndef SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_BANDWIDTH_H_
#define SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_BANDWIDTH_H_

#include "shoal/context.h"
#include "shoal/matrix.h"

/// How far it is to the ⌊quantile·N⌋-th nearest row, itself being the first (at least to the first), in the mean of all
/// rows: scikit-learn's estimate_bandwidth. 0 where so many rows are equal, or there are so few.
///
/// `rows` (N, D), N ≥ 1; quantile in [0, 1]. Distances are float64's; the same bytes for any number of threads. Time
/// O(N²·D), memory O(N) for each thread. Throws Cancelled
double estimate_bandwidth(const shoal::Context& context, const shoal::RowMatrix<double>& rows, double quantile);

#endif  // SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_BANDWIDTH_H_
