#ifndef SHOAL_FRAMEWORK_GRAPH_ORDER_H_
#define SHOAL_FRAMEWORK_GRAPH_ORDER_H_

#include <vector>

#include "framework/graph/graph.h"

namespace shoal::host {

/// All that a node takes, in the order of its ports; what it was made by comes first.
std::vector<Source> edges_into(const GraphNode& node);

/// The numbers of `nodes`, each after all that it takes, else as written. Nodes that depend on themselves are G306,
/// with the whole cycle and each edge's place; they and what needs them are then left out. Time O(E + N·log N) for E
/// edges.
std::vector<std::size_t> put_in_order(const std::vector<GraphNode>& nodes, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_ORDER_H_
