#ifndef SHOAL_PLUGINS_METRICS_INERTIA_WITHIN_CLUSTER_H_
#define SHOAL_PLUGINS_METRICS_INERTIA_WITHIN_CLUSTER_H_

#include <cstdint>
#include <span>

#include "shoal/array.h"
#include "shoal/context.h"

/// The mean of each cluster's points (N, D), (K, D) in double: a sum over rows in their order, cut by columns for the
/// threads. `labels` (N) in [0, K), or −1 for points of no cluster. A cluster without points has mean 0.
template <typename Scalar>  // float, double, std::uint8_t
shoal::RowMatrix<double> cluster_means(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
                                       std::span<const std::int64_t> labels, std::int64_t k);

/// Σ ‖point − centroid of its label‖², from differences in double, over fixed blocks of rows added in order. Points
/// with label −1 add nothing.
template <typename Scalar>
double inertia(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
               std::span<const std::int64_t> labels, const shoal::RowMatrix<double>& centroids);

#endif  // SHOAL_PLUGINS_METRICS_INERTIA_WITHIN_CLUSTER_H_
