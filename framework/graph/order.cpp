#include "framework/graph/order.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "shoal/error.h"

namespace shoal::host {
namespace {

/// Follows edges upwards through what could not be ordered until a node comes again: that is the cycle.
void say_cycle(const std::vector<GraphNode>& nodes, const std::vector<std::size_t>& missing,
               config::Diagnostics& diagnostics) {
  auto at = static_cast<std::size_t>(std::find_if(missing.begin(), missing.end(), [](std::size_t n) { return n > 0; }) -
                                     missing.begin());
  std::vector<std::size_t> path;
  std::vector<Source> edges;
  std::vector<bool> seen(nodes.size(), false);
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    const auto upwards = edges_into(nodes[at]);
    edges.push_back(
        *std::find_if(upwards.begin(), upwards.end(), [&](const Source& edge) { return missing[edge.node] > 0; }));
    at = edges.back().node;
  }
  const auto begin = static_cast<std::size_t>(std::find(path.begin(), path.end(), at) - path.begin());
  std::string names = nodes[at].name;
  for (std::size_t i = path.size(); i-- > begin;) names += " → " + nodes[path[i]].name;
  auto& error = diagnostics.error("G306", edges[begin].place, text("nodes depend on themselves: {}", names));
  for (std::size_t i = begin; i < path.size(); ++i)
    error.notes.push_back({text("'{}' takes '{}'", nodes[path[i]].name, nodes[edges[i].node].name), edges[i].place});
}

}  // namespace

std::vector<Source> edges_into(const GraphNode& node) {
  std::vector<Source> edges;
  if (node.made_by) edges.push_back(*node.made_by);
  for (const Wired& wired : node.wired) edges.insert(edges.end(), wired.begin(), wired.end());
  return edges;
}

std::vector<std::size_t> put_in_order(const std::vector<GraphNode>& nodes, config::Diagnostics& diagnostics) {
  std::vector<std::size_t> missing(nodes.size(), 0);  // how many edges into each come from what is not in order yet
  std::vector<std::vector<std::size_t>> takers(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const Source& edge : edges_into(nodes[i])) {
      ++missing[i];
      takers[edge.node].push_back(i);
    }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (missing[i] == 0) ready.push(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (const std::size_t taker : takers[order.back()])
      if (--missing[taker] == 0) ready.push(taker);
  }
  if (order.size() < nodes.size()) say_cycle(nodes, missing, diagnostics);
  return order;
}

}  // namespace shoal::host
