#ifndef SHOAL_FRAMEWORK_GRAPH_SVG_H_
#define SHOAL_FRAMEWORK_GRAPH_SVG_H_

#include <string>

#include "framework/graph/graph.h"

namespace shoal::host {

/// The graph as an SVG of its own: a box a node with its name, its component, the ports that are wired (left) and the
/// outputs that others take (right); dashed, where a node uses what another made. All text stands inside its box. Nodes
/// that only declare a component are rounded.
std::string to_svg(const Graph& graph);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_SVG_H_
