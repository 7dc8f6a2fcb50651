#ifndef SHOAL_FRAMEWORK_PYTHON_MEASURES_H_
#define SHOAL_FRAMEWORK_PYTHON_MEASURES_H_

#include <optional>

#include "shoal/context.h"

namespace shoal::python {

/// distances(i, j) = ‖features(i, ·) − centroids(j, ·)‖, by the sums that `kernels::nearest` decides by: the least of a
/// row is at its label. `features` (N, D), `centroids` (K, D), `distances` (N, K) float32 or float64. Time O(N·K·D).
void distances(const Context& context, ConstArray features, ConstArray centroids, MutableArray distances);

/// Inertia in float64: with centroids Σ weight · ‖x − its centroid‖² (no weights: 1 each, and label −1, noise, adds
/// nothing), without them the within-cluster sum of squares about the means. Throws InputError for weights together
/// with noise or without centroids, and where shapes do not fit.
double inertia(const Context& context, ConstArray features, ConstArray labels, Index clusters,
               const std::optional<ConstArray>& centroids, const std::optional<ConstArray>& weights);

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_MEASURES_H_
