#ifndef SHOAL_FRAMEWORK_GRAPH_ORDER_H_
#define SHOAL_FRAMEWORK_GRAPH_ORDER_H_

#include <vector>

#include "framework/graph/graph.h"

namespace shoal::host {

/// All that a node takes, in the order of its ports; what it was made by comes first.
std::vector<Source> edges_into(const GraphNode& node);

/// Fills graph.order: each node after all that it takes, else as written. Nodes that depend on themselves are G306,
/// with the whole cycle and each edge's place.
void put_in_order(Graph& graph, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_ORDER_H_
