#ifndef SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_CHAIN_H_
#define SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_CHAIN_H_

#include <algorithm>
#include <limits>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/spanning_tree.h"

/// The cluster nearest to another, the lowest of equals.
struct Nearest {
  double distance = std::numeric_limits<double>::infinity();
  shoal::Index cluster = -1;

  void consider(double other_distance, shoal::Index other) {
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
std::vector<shoal::kernels::Edge> join_by_chain(shoal::Context& context, shoal::Index n, Clusters& clusters) {
  using shoal::Index;
  std::vector<shoal::kernels::Edge> joins;
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

#endif  // SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_CHAIN_H_
