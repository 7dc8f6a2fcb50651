#include "framework/graph/full_name.h"

namespace shoal::host {

std::string full_name(const Graph& graph, const OutputName& name) {
  const GraphNode& node = graph.node(name.node);
  return node.name + "." + node.outputs[*node.find_output(name.output)].name;
}

}  // namespace shoal::host
