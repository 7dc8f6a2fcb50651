#ifndef SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_HDBSCAN_H_
#define SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_HDBSCAN_H_

#include "select.h"
#include "shoal/context.h"

struct HdbscanOptions {
  shoal::Index min_cluster_size = 5;
  shoal::Index min_samples = 5;  ///< the core distance of a row is that to its so-many-th nearest row, itself the first
  SelectOptions select = {};
};

/// HDBSCAN*: a spanning tree of mutual reachability distances, condensed, and the clusters that persist longest.
/// `features` (N, D) float32, float64 or uint8, N ≥ min_samples ≥ 1, min_cluster_size ≥ 2. Exact; the same labels for
/// any number of threads. Time O(N²·D), memory O(N·(D + min_samples)).
/// Throws Cancelled  the user stopped the run
Selected hdbscan(shoal::Context& context, shoal::ConstArray features, const HdbscanOptions& options);

#endif  // SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_HDBSCAN_H_
