// node_tree.h: the nodes of a row as a tree: below each node those that wait for it.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_TREE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_TREE_H_

#include <string>
#include <vector>

#include "plan_file.h"

namespace shoal {

/// A line of the tree.
struct Branch {
  std::string name = {};   ///< of the node
  std::string lead = {};   ///< what stands before it: "│ └ "
  std::string below = {};  ///< what stands before a second line of its own: "│   "
};

/// The tree from top to bottom. A node that takes something of several stands below the one that runs last, which is
/// the one it waits for; those that wait for nobody are the roots. Order is that of `nodes`, each of which comes after
/// all that it waits for. From the ninth level on a node stands beside what it waits for, so that names stay in view.
std::vector<Branch> node_tree(const std::vector<PlannedNode>& nodes);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_TREE_H_
