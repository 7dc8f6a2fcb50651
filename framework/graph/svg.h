#ifndef SHOAL_FRAMEWORK_GRAPH_SVG_H_
#define SHOAL_FRAMEWORK_GRAPH_SVG_H_

#include <set>
#include <string>

#include "framework/graph/graph.h"

namespace shoal::host {

/// The graph as an SVG of its own: a box a node with its name, its component, the ports that are wired (left) and the
/// outputs that others take (right); dashed, where a node uses what another made. All text stands inside its box. Nodes
/// that only declare a component are rounded; those whose numbers are `stored` are said to be, and green.
std::string to_svg(const Graph& graph, const std::set<std::size_t>& stored = {});

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_SVG_H_
