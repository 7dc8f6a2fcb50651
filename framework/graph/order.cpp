#include "framework/graph/order.h"

#include <algorithm>

#include "shoal/error.h"

namespace shoal::host {
namespace {

/// Follows edges upwards through what could not be ordered until a node comes again: that is the cycle.
void say_cycle(const Graph& graph, const std::vector<bool>& done, config::Diagnostics& diagnostics) {
  auto at = static_cast<std::size_t>(std::find(done.begin(), done.end(), false) - done.begin());
  std::vector<std::size_t> path;
  std::vector<Source> edges;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    const auto upwards = edges_into(graph.nodes[at]);
    edges.push_back(
        *std::find_if(upwards.begin(), upwards.end(), [&](const Source& edge) { return !done[edge.node]; }));
    at = edges.back().node;
  }
  const auto begin = static_cast<std::size_t>(std::find(path.begin(), path.end(), at) - path.begin());
  std::string names = graph.nodes[at].name;
  for (std::size_t i = path.size(); i-- > begin;) names += " → " + graph.nodes[path[i]].name;
  auto& error = diagnostics.error("G306", edges[begin].place, text("nodes depend on themselves: {}", names));
  for (std::size_t i = begin; i < path.size(); ++i)
    error.notes.push_back(
        {text("'{}' takes '{}'", graph.nodes[path[i]].name, graph.nodes[edges[i].node].name), edges[i].place});
}

}  // namespace

std::vector<Source> edges_into(const GraphNode& node) {
  std::vector<Source> edges;
  if (node.made_by) edges.push_back(*node.made_by);
  for (const Wired& wired : node.wired) edges.insert(edges.end(), wired.begin(), wired.end());
  return edges;
}

void put_in_order(Graph& graph, config::Diagnostics& diagnostics) {
  std::vector<bool> done(graph.nodes.size(), false);
  const auto ready = [&](std::size_t i) {
    const auto edges = edges_into(graph.nodes[i]);
    return !done[i] && std::all_of(edges.begin(), edges.end(), [&](const Source& edge) { return done[edge.node]; });
  };
  while (graph.order.size() < graph.nodes.size()) {
    std::size_t next = 0;
    while (next < graph.nodes.size() && !ready(next)) ++next;
    if (next == graph.nodes.size()) return say_cycle(graph, done, diagnostics);
    done[next] = true;
    graph.order.push_back(next);
  }
}

}  // namespace shoal::host
