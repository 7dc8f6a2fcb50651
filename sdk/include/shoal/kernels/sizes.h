// shoal/kernels/sizes.h: the best labels for given centroids when clusters have a least and a greatest size.
#ifndef SHOAL_KERNELS_SIZES_H_
#define SHOAL_KERNELS_SIZES_H_

#include <limits>
#include <span>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// How many rows each cluster may have: min ≤ size ≤ max.
struct SizeLimits {
  Index min = 0;                                  ///< rows of a cluster at least
  Index max = std::numeric_limits<Index>::max();  ///< and at most
};

/// The tightest limits that n rows in k clusters can keep: ⌊n/k⌋ and ⌈n/k⌉. k ≥ 1.
SizeLimits balanced_sizes(Index n, Index k);

/// Throws InputError  no labels of n rows in k clusters can keep `limits`: min < 0, min > max, k·min > n or k·max < n
///                    (the numbers are named)
void require_possible(const SizeLimits& limits, Index n, Index k);

/// Of all labels that keep `limits` those with the least Σ weight · squared distance to the centroids.
///
/// Labels that keep them already are exactly those of nearest(). Else rows are exchanged along shortest paths until all
/// sizes fit, which is optimal (docs/kernels.md has the proof). Of several best labellings the same one is found every
/// time, for any number of threads and any processor, but which one is not said; where two rows cost the same to move
/// from one cluster to another, the lower one moves.
///
/// Distances are nearest()'s, in float64. So that paths are compared exactly, costs are whole multiples of a unit, at
/// most 2⁻⁵¹ of the greatest cost there could be (2⁻⁴⁹ for k = 1000); the sum found is above the least one by no more
/// than N units.
///
/// Weights weigh distances, not sizes: a row of any weight above 0 counts once; a row of weight 0 does not count and
/// has its nearest label. Who takes a weight for repetitions of a row must repeat the row. Empty `weights` means 1 for
/// all.
///
/// `features` (N, D), `centroids` (K, D), `labels` and `squared_distance` as nearest() takes them. With S the rows too
/// many or too few: time O(S·K² ln K) at worst, and O(K·D) once to 1 + log₄(K/16) times for each row that a path could
/// move. Memory 16 clusters for each such row, four times as many where those do not suffice, and so on; at worst N·K.
/// Throws InputError  as nearest() and require_possible() do (with n the rows of a weight above 0); squared distances
///                    that overflow (the row is named)
///        Cancelled   the user stopped the run; labels are written, but mean nothing
/// Source: P. S. Bradley, K. P. Bennett, A. Demiriz, "Constrained K-Means Clustering", MSR-TR-2000-65 (2000): the
/// problem, as a flow of least cost. R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows" (1993), section 9.7:
/// successive shortest paths. Lists that grow as a search asks for them are ours.
void nearest_within_sizes(const Context& context, ConstArray features, ConstArray centroids, const SizeLimits& limits,
                          MutableArray labels, std::span<double> squared_distance = {},
                          std::span<const double> weights = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SIZES_H_
