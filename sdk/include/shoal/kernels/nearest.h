// shoal/kernels/nearest.h: which centroid is nearest, for every row.
#ifndef SHOAL_KERNELS_NEAREST_H_
#define SHOAL_KERNELS_NEAREST_H_

#include <span>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// labels[i] = argmin_j Σ (features(i, ·) − centroids(j, ·))² as float64 decides it; the lowest j wins a tie.
///
/// Both matrices are converted to float64 first, which loses nothing. In the sum, column c adds to partial sum c mod 8,
/// and the eight are added pairwise, each operation rounded by itself: the labels are the same bits for any number of
/// threads and any processor. The work is done in float32 with a proven error radius, and only rows whose runner-up
/// lies within it are decided in float64 (docs/kernels.md has the proof). Time O(N·K·D), memory O(K·D) and a block per
/// thread.
///
/// `features` (N, D) float32, float64 or uint8, `centroids` (K, D) likewise, K ≥ 1, D ≥ 1, all finite; `labels` (N)
/// int64. `squared_distance`, unless empty, receives the N distances to those centroids. Throws InputError  a shape or
/// dtype does not fit (both are named)
void nearest(const Context& context, ConstArray features, ConstArray centroids, MutableArray labels,
             std::span<double> squared_distance = {});

/// squared_distance[i] = Σ (features(i, ·) − centroids(labels[i], ·))², summed as above.
void assigned_distances(const Context& context, ConstArray features, ConstArray centroids,
                        std::span<const Index> labels, std::span<double> squared_distance);

/// Σ weight · squared distance of each row to the centroid of its label, by direct differences, in a fixed order. An
/// empty `weights` means 1 for all.
double inertia(const Context& context, ConstArray features, ConstArray centroids, std::span<const Index> labels,
               std::span<const double> weights = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_NEAREST_H_
