// shoal/kernels/joins.h: hierarchies of clusters: two are joined, and two again, until one is left.
#ifndef SHOAL_KERNELS_JOINS_H_
#define SHOAL_KERNELS_JOINS_H_

#include <algorithm>
#include <limits>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/spanning_tree.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The N − 1 joins of Ward's hierarchy of the rows: each joins the two clusters that raise the within-cluster sum of
/// squares least, and is √(2·n·m/(n + m))·‖mean − mean‖ long, as SciPy's; clusters are named by any of their rows. In
/// the order in which a chain finds them: sort by length (stably) before cutting. Exact in float64 but for rounding;
/// the same bytes for any number of threads.
///
/// `features` (N, D) float32, float64 or uint8, N ≥ 1. Means are kept instead of distances: time O(N²·D), memory
/// O(N·D). Throws Cancelled. Source: J. H. Ward, JASA 58 (1963) 236–244
std::vector<Edge> ward_joins(Context& context, ConstArray features);

/// Labels (N) of the k clusters that are left when the n − k first joins are made, numbered by their lowest row. 1 ≤ k
/// ≤ n.
std::vector<Index> cut_joins(const std::vector<Edge>& joins, Index n, Index k);

/// The cluster nearest to another, the lowest of equals.
struct Nearest {
  double distance = std::numeric_limits<double>::infinity();  ///< to it
  Index cluster = -1;                                         ///< the nearest so far; −1: none

  void consider(double other_distance, Index other) {  ///< takes it where it is nearer, or as near and lower
    if (other_distance < distance || (other_distance == distance && other < cluster))
      distance = other_distance, cluster = other;
  }
};

/// All joins of n clusters by a chain of nearest neighbours: each cluster of the chain is followed by the one nearest
/// to it, until two are each other's nearest, which are joined. Right for linkages that are reducible: what is joined
/// is no nearer to a third cluster than its parts were. At most 3·n searches.
///
/// `clusters.nearest(a, before)` is the nearest to a, `before` (or −1) if that is as near; `clusters.join(a, b)` joins
/// two, after which the greater name stands for both. Distances are to be the same from a to b as from b to a.
/// Source: F. Murtagh, Computer J. 26 (1983) 354–359; D. Müllner, arXiv:1109.2378 (2011).
template <typename Clusters>
std::vector<Edge> join_by_chain(Context& context, Index n, Clusters& clusters) {
  std::vector<Edge> joins;
  std::vector<Index> chain;
  std::vector<char> joined(static_cast<std::size_t>(n), 0);  // into one with a greater name
  Index lowest = 0;
  while (static_cast<Index>(joins.size()) + 1 < n) {
    if (chain.empty()) {
      while (joined[static_cast<std::size_t>(lowest)]) ++lowest;
      chain.push_back(lowest);
    }
    for (;;) {
      const Index last = chain.back(), before = chain.size() > 1 ? chain[chain.size() - 2] : -1;
      const Nearest next = clusters.nearest(last, before);
      if (next.cluster != before) {
        chain.push_back(next.cluster);
        continue;
      }
      chain.resize(chain.size() - 2);
      const Index from = std::min(last, before), to = std::max(last, before);
      joins.push_back({from, to, next.distance});
      clusters.join(from, to);
      joined[static_cast<std::size_t>(from)] = 1;
      break;
    }
    if (joins.size() % 128 == 0) context.progress(static_cast<Index>(joins.size()), n - 1, "joins");
  }
  return joins;
}

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_JOINS_H_
