#include "select.h"

#include <algorithm>

namespace {

using shoal::Index;
using Chosen = std::vector<char>;  // of each cluster whether it is chosen

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

Chosen by_excess_of_mass(const CondensedTree& tree, bool allow_single) {
  const auto n = static_cast<Index>(tree.clusters.size());
  Chosen chosen(at(n), 1);
  std::vector<double> best(at(n), 0), below(at(n), 0);
  for (Index c = n - 1; c >= 0; --c) {  // children before their parents
    const CondensedTree::Cluster& cluster = tree.clusters[at(c)];
    chosen[at(c)] = (c > 0 || allow_single) && below[at(c)] <= cluster.stability;
    best[at(c)] = chosen[at(c)] ? cluster.stability : below[at(c)];
    if (c > 0) below[at(cluster.parent)] += best[at(c)];
  }
  std::vector<char> covered(at(n), 0);  // by a cluster further up
  for (Index c = 1; c < n; ++c) {
    const Index parent = tree.clusters[at(c)].parent;
    covered[at(c)] = covered[at(parent)] || chosen[at(parent)];
    if (covered[at(c)]) chosen[at(c)] = 0;
  }
  return chosen;
}

Chosen leaves(const CondensedTree& tree) {
  Chosen chosen(tree.clusters.size(), 0);
  for (std::size_t c = 1; c < chosen.size(); ++c) chosen[c] = !tree.clusters[c].splits;
  return chosen;
}

/// Instead of each cluster that parted at less than epsilon, the first above it that did not.
Chosen merge_below(const CondensedTree& tree, const Chosen& chosen, const SelectOptions& options) {
  Chosen out(chosen.size(), 0);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    auto c = static_cast<Index>(i);
    const auto distance = [&](Index cluster) { return 1 / tree.clusters[at(cluster)].birth; };
    if (distance(c) < options.epsilon) {
      for (;;) {
        const Index parent = tree.clusters[at(c)].parent;
        if (parent == 0 && !options.allow_single) break;
        c = parent;
        if (c == 0 || distance(c) > options.epsilon) break;
      }
    }
    out[at(c)] = 1;
  }
  return out;
}

Chosen choose(const CondensedTree& tree, const SelectOptions& options) {
  const bool by_mass = options.method == Selection::kExcessOfMass;
  Chosen chosen = by_mass ? by_excess_of_mass(tree, options.allow_single) : leaves(tree);
  const bool root_alone = chosen[0] != 0;
  if (options.epsilon > 0 && !root_alone) chosen = merge_below(tree, chosen, options);
  return chosen;
}

}  // namespace

Selected select(const CondensedTree& tree, const SelectOptions& options) {
  const Chosen chosen = choose(tree, options);
  Selected out;
  std::vector<Index> label(chosen.size(), -1);  // of a cluster, that of the chosen one it is in
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    if (chosen[c]) label[c] = out.clusters++;
    else if (c > 0) label[c] = label[at(tree.clusters[c].parent)];
  }
  // Of the root only what stayed long enough is a cluster.
  const double stayed = options.epsilon > 0 ? 1 / options.epsilon : tree.clusters[0].last;
  for (std::size_t row = 0; row < tree.owner.size(); ++row) {
    const Index found = label[at(tree.owner[row])];
    out.labels.push_back(chosen[0] && tree.left[row] < stayed ? -1 : found);
  }
  return out;
}
