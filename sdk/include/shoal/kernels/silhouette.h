// shoal/kernels/silhouette.h: whether rows are nearer to their own cluster than to the next one.
#ifndef SHOAL_KERNELS_SILHOUETTE_H_
#define SHOAL_KERNELS_SILHOUETTE_H_

#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/clustered_rows.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

struct Silhouette {
  double mean = 0;                 ///< over the rows looked at, in [−1, 1]
  std::vector<double> by_cluster;  ///< (K) the same of each cluster's; NaN where none of its rows was looked at
};

/// s(i) = (b − a) / max(a, b): a is the mean distance of row i to the others of its cluster, b the least over the other
/// clusters of its mean distance to their rows. 0 for the only row of a cluster, and where a = b = 0.
///
/// Over all pairs, without a matrix of them: distances by direct differences in float64, sums in the order of
/// `clustered`, so the same bytes for any number of threads and any processor. `features` (N, D) float32, float64 or
/// uint8. `looked_at`: places in clustered.rows, ascending; empty means all M. Each is measured against all M rows.
/// Time O(M·looked_at·D), memory O(M·D).
/// Throws Cancelled  the user stopped the run
/// Source: P. J. Rousseeuw, J. Comput. Appl. Math. 20 (1987) 53–65; scikit-learn's silhouette_samples.
Silhouette silhouette(Context& context, ConstArray features, const ClusteredRows& clustered,
                      std::span<const Index> looked_at = {});

/// The same with a the distance to the mean of its own cluster and b that to the nearest other mean. Time
/// O(looked_at·K·D).
/// Source: E. R. Hruschka, L. N. de Castro, R. J. G. B. Campello, ICDM 2004, 403–406.
Silhouette simplified_silhouette(Context& context, ConstArray features, const ClusteredRows& clustered,
                                 std::span<const Index> looked_at = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SILHOUETTE_H_
