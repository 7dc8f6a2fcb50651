#ifndef SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_CONDENSED_TREE_H_
#define SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_CONDENSED_TREE_H_

#include <vector>

#include "shoal/kernels/spanning_tree.h"

/// How clusters split as the distance at which rows are connected falls. λ is 1/distance.
struct CondensedTree {
  struct Cluster {
    shoal::Index parent = -1;  ///< −1: the root, which is cluster 0
    double birth = 0;          ///< λ at which it parted from its parent; ∞ where that was at distance 0
    double stability = 0;      ///< Σ over its rows of (λ at which the row left − birth)
    double last = 0;           ///< the greatest λ at which anything left it
    bool splits = false;       ///< into two others
  };
  std::vector<Cluster> clusters;    ///< parents before their children
  std::vector<shoal::Index> owner;  ///< (N) of each row the last cluster that it was in
  std::vector<double> left;         ///< (N) and the λ at which it left that
};

/// From the edges of a spanning tree of n rows: single linkage, in which a split counts only if both parts have
/// `min_cluster_size` rows; smaller parts fall out of their cluster row by row. Of equally long edges the earlier one
/// comes first. Time O(N log N).
/// Source: R. J. G. B. Campello, D. Moulavi, A. Zimek, J. Sander, ACM TKDD 10 (2015) 5; names and order of
/// scikit-learn's.
CondensedTree condense(std::vector<shoal::kernels::Edge> edges, shoal::Index n, shoal::Index min_cluster_size);

#endif  // SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_CONDENSED_TREE_H_
