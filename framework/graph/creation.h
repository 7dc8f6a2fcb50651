#ifndef SHOAL_FRAMEWORK_GRAPH_CREATION_H_
#define SHOAL_FRAMEWORK_GRAPH_CREATION_H_

#include "framework/graph/graph.h"

namespace shoal::host {

/// Makes the node's component with its parameters and lets it go. What it says against them is K214, at the first
/// parameter that it names and the node writes, else at the node: parameters that are good one by one need not go
/// together, and only the component knows. `node.parameters` are good.
void check_creation(const GraphNode& node, const NodeSpec& spec, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_CREATION_H_
