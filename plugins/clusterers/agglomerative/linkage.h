#ifndef SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_LINKAGE_H_
#define SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_LINKAGE_H_

#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/spanning_tree.h"

/// How far apart two clusters are: by how much joining them raises the within-cluster sum of squares (ward), or by the
/// least, greatest or mean distance of their rows.
enum class Linkage { kWard, kSingle, kComplete, kAverage };

/// The N − 1 joins of a hierarchy of the rows, shortest first, clusters named by any of their rows; equally long ones
/// in the order in which they were found. `features` (N, D) float32, float64 or uint8, N ≥ 1. Lengths are SciPy's,
/// ward: √(2·n·m/(n + m))·‖mean − mean‖. Exact in float64 but for rounding; the same bytes for any number of threads.
///
/// Time O(N²·D). Memory O(N·D) for ward and single; complete and average need the distances of all pairs, 4·N² bytes.
/// Throws Cancelled.
std::vector<shoal::kernels::Edge> join_all(shoal::Context& context, shoal::ConstArray features, Linkage linkage);

#endif  // SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_LINKAGE_H_
