// breathe.h: a search for k-means optima that adds and removes centroids. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_BREATHING_KMEANS_BREATHE_H_
#define SHOAL_PLUGINS_BREATHING_KMEANS_BREATHE_H_

#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/lloyd.h"
#include "shoal/random.h"

struct Breathing {
  shoal::kernels::Clusters best;  ///< the least inertia that was met with K centroids; its iterations are of all runs
  double inertia = 0;             ///< of these
  std::vector<double> history;    ///< inertia of the start, then after each breath
};

struct BreathingOptions {
  shoal::Index m = 5;  ///< centroids that are added and removed at first; at most K of them
  double tol = 1e-4;   ///< a breath that lowers the least inertia by less than this share makes the next ones smaller
  shoal::kernels::StopRules stop = {};  ///< of each of Lloyd's runs
};

/// Goes on from `start`, where k-means ended: adds m centroids beside those of the greatest error and runs Lloyd's
/// iteration (in), takes away the m that are missed least and runs it again (out). Where that did not lower the least
/// inertia, m falls by one; ends at 0. Works on from where each breath ended, be it worse, and keeps the best.
///
/// `features` (N, D) float32, float64 or uint8, `weights` (N) or empty, as from require_weights. `random` moves the
/// added centroids off the old ones. Every run uses lloyd()'s bounds. The same bytes for any number of threads. Time a
/// few times that of k-means, memory as lloyd() and 4 words a row. Throws Cancelled Source: B. Fritzke, "The breathing
/// k-means algorithm", arXiv 2006.15666; choices as in his package bkmeans 1.3.
Breathing breathe(shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                  shoal::kernels::Clusters start, const BreathingOptions& options, shoal::Random random);

/// (K) Σ weight · squared distance to the centroid, of the rows of each.
std::vector<double> errors(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                           const shoal::kernels::Clusters& clusters);

/// The centroids that are missed least, `m` < K of them, ascending: by utility, the Σ weight · (squared distance to the
/// second nearest centroid − that to the nearest) over the rows of each. Whoever goes keeps its nearest neighbour from
/// going, as that inherits its rows, while enough others are left.
std::vector<shoal::Index> least_useful(shoal::Context& context, shoal::ConstArray features,
                                       std::span<const double> weights, const shoal::RowMatrix<double>& centroids,
                                       shoal::Index m);

#endif  // SHOAL_PLUGINS_BREATHING_KMEANS_BREATHE_H_
