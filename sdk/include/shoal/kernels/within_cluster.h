// shoal/kernels/within_cluster.h: the inertia of any labelling, with noise or without, with centroids or without.
#ifndef SHOAL_KERNELS_WITHIN_CLUSTER_H_
#define SHOAL_KERNELS_WITHIN_CLUSTER_H_

#include <optional>
#include <span>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Σ ‖x − centroid of its label‖² of features (N, D) float32, float64 or uint8, by direct differences in float64, the
/// same bits for any number of threads. `labels` (N) in [0, k), or −1 for noise, which adds nothing. `centroids` (k,
/// D); absent, each is the mean of its cluster. Throws InputError  a shape does not fit (both are named)
double within_cluster_sum(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                          const std::optional<ConstArray>& centroids = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_WITHIN_CLUSTER_H_
