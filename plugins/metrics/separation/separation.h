#ifndef SHOAL_PLUGINS_METRICS_SEPARATION_SEPARATION_H_
#define SHOAL_PLUGINS_METRICS_SEPARATION_SEPARATION_H_

#include "shoal/context.h"
#include "shoal/kernels/clustered_rows.h"

/// How far apart clusters lie for their width.
struct Separation {
  /// Mean over clusters of the greatest (width + width of another) / distance of their means, a width being the mean
  /// distance to the mean. Infinite where two clusters that have a width have one mean; 0 where none has a width.
  double davies_bouldin = 0;
  /// Variance of the means, weighted by size, over that within clusters: B / (K − 1) over W / (N − K). 1 where W = 0.
  double calinski_harabasz = 0;
};

/// Both of `features` (N, D) float32, float64 or uint8, over the rows that are `clustered`. By direct differences in
/// float64, in a fixed order. Time O(N·D + K²·D).
/// Source: D. L. Davies, D. W. Bouldin, IEEE TPAMI 1 (1979) 224–227; T. Caliński, J. Harabasz, Commun. Stat. 3 (1974)
/// 1–27; scikit-learn's davies_bouldin_score and calinski_harabasz_score.
Separation separation(const shoal::Context& context, shoal::ConstArray features,
                      const shoal::kernels::ClusteredRows& clustered);

#endif  // SHOAL_PLUGINS_METRICS_SEPARATION_SEPARATION_H_
