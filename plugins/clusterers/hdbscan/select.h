#ifndef SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_SELECT_H_
#define SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_SELECT_H_

#include "condensed_tree.h"

enum class Selection { kExcessOfMass, kLeaf };

struct SelectOptions {
  Selection method = Selection::kExcessOfMass;
  double epsilon = 0;         ///< clusters that parted at a smaller distance are one
  bool allow_single = false;  ///< the root may be a cluster
};

struct Selected {
  std::vector<shoal::Index> labels;  ///< (N) in the order of the tree's clusters; −1 is noise
  shoal::Index clusters = 0;
};

/// The clusters of a tree that make up a flat clustering: by excess of mass those whose stabilities have the greatest
/// sum, no two of them on one path; or the leaves. Time O(N + clusters · depth).
/// Source: Campello et al. 2015, algorithm 3; C. Malzer, M. Baum, "A hybrid approach to hierarchical density-based
/// cluster selection", MFI 2020 (epsilon). Labels are scikit-learn's.
Selected select(const CondensedTree& tree, const SelectOptions& options);

#endif  // SHOAL_PLUGINS_CLUSTERERS_HDBSCAN_SELECT_H_
