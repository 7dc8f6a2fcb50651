// directions.h: rows as directions, which spherical k-means groups by their angles.
#ifndef SHOAL_PLUGINS_SPHERICAL_KMEANS_DIRECTIONS_H_
#define SHOAL_PLUGINS_SPHERICAL_KMEANS_DIRECTIONS_H_

#include <span>

#include "shoal/context.h"
#include "shoal/matrix.h"

/// Each row of `rows` (N, D) float32, float64 or uint8, finite, divided by its length, in float64; of any scale that
/// float64 holds. Throws InputError  a row has length 0 (the first one is named, as a row of `what`)
shoal::RowMatrix<double> directions(const shoal::Context& context, shoal::ConstArray rows, const char* what);

/// Σ weight · cosine of each row's angle to the centroid of its label, over Σ weight: 1 at best. Rows and centroids
/// have length 1. An empty `weights` means 1 for all. The same bytes for any number of threads.
double mean_cosine(const shoal::Context& context, const shoal::RowMatrix<double>& rows,
                   const shoal::RowMatrix<double>& centroids, std::span<const shoal::Index> labels,
                   std::span<const double> weights);

#endif  // SHOAL_PLUGINS_SPHERICAL_KMEANS_DIRECTIONS_H_
