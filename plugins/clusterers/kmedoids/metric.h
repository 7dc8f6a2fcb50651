// metric.h: distances of rows by one of four metrics.
#ifndef SHOAL_PLUGINS_KMEDOIDS_METRIC_H_
#define SHOAL_PLUGINS_KMEDOIDS_METRIC_H_

#include <memory>
#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/matrix.h"

enum class Metric {
  kEuclidean,
  kSqEuclidean,
  kCosine,     ///< 1 − the cosine of the angle
  kManhattan,  ///< Σ |x − y|
};

/// Rows in the form in which the metric compares them, in float64: divided by their lengths for cosine, else as they
/// are. Throws InputError  a row of zeros, which has no cosine (the first one is named)
shoal::RowMatrix<double> comparable(Metric metric, shoal::ConstArray rows);

/// The distances (N, N) of comparable rows to each other, row-major: symmetric, 0 on the diagonal. The same bytes for
/// any number of threads and any processor. Time O(N²·D). Throws Cancelled
std::unique_ptr<double[]> all_distances(const shoal::Context& context, Metric metric,
                                        const shoal::RowMatrix<double>& rows);

/// For each of the comparable `rows` (M, D) the nearest of `points` (K, D), the lowest of equals; distances are decided
/// as all_distances computes them.
void nearest_point(const shoal::Context& context, Metric metric, const shoal::RowMatrix<double>& rows,
                   const shoal::RowMatrix<double>& points, std::span<shoal::Index> labels);

/// For each of the comparable `points` (K, D) in turn the nearest of `rows` (N, D) that has a weight and that none
/// before it has taken, the lowest of equals. K at most the number of rows of a weight above 0; no weights: all are 1.
std::vector<shoal::Index> nearest_rows(const shoal::Context& context, Metric metric,
                                       const shoal::RowMatrix<double>& rows, const shoal::RowMatrix<double>& points,
                                       std::span<const double> weights);

#endif  // SHOAL_PLUGINS_KMEDOIDS_METRIC_H_
