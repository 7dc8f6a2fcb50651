// Lloyd's algorithm from given centroids, over plain matrices.
#ifndef SHOAL_PLUGINS_KMEANS_LLOYD_H_
#define SHOAL_PLUGINS_KMEANS_LLOYD_H_

#include <span>
#include <vector>

#include "shoal/context.h"

struct LloydLimits {
  shoal::Index max_iter = 300;
  double squared_shift = 0;  ///< stop when Σ ‖new − old centroid‖² is at most this
};

/// Labels, centroids and inertia that belong together: each label is its row's nearest centroid
/// (shoal::kernels::nearest).
struct Clusters {
  shoal::RowMatrix<double> centroids;  ///< (K, D)
  std::vector<shoal::Index> labels;    ///< (N)
  double inertia = 0;                  ///< Σ weight · squared distance, by direct differences
  shoal::Index iterations = 0;
  bool converged = false;  ///< false: stopped by max_iter
};

/// Alternates labels and means until the labels stay the same or the centroids move less than the limit, as
/// scikit-learn does, which also says how iterations are counted. A cluster that loses all rows takes the row farthest
/// from its centroid; where no row is left that differs from its centroid, it takes the heaviest cluster's centroid and
/// stays empty.
///
/// `features` (N, D) float32, float64 or uint8, `centroids` (K, D), `weights` (N) or empty. Time O(N·K·D) per
/// iteration. Throws Cancelled. Source: S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28
/// (1982) 129–137.
Clusters lloyd(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
               shoal::RowMatrix<double> centroids, const LloydLimits& limits);

/// The variance of a column, averaged over the columns; weighted as if rows were repeated.
double mean_variance(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights);

#endif  // SHOAL_PLUGINS_KMEANS_LLOYD_H_
