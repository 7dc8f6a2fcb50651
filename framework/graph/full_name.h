#ifndef SHOAL_FRAMEWORK_GRAPH_FULL_NAME_H_
#define SHOAL_FRAMEWORK_GRAPH_FULL_NAME_H_

#include <string>

#include "framework/graph/graph.h"

namespace shoal::host {

/// "node.output", also where the experiment names the node alone and means its default output. The graph has it.
std::string full_name(const Graph& graph, const OutputName& name);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_FULL_NAME_H_
