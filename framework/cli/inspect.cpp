// shoal check, plan and graph: what an experiment is, without running it.
#include <cstdio>
#include <map>

#include "framework/cli/session.h"
#include "framework/config/emit.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

using host::Graph;
using host::GraphNode;
using host::Plan;

std::string settings_of(const config::Row& row) {
  std::string out;
  for (const auto& [axis, label] : row.settings) out += axis + " " + label + "  ";
  return out + text("seed {}", row.seed);
}

std::string inputs_of(const Graph& graph, const GraphNode& node) {
  std::string out;
  if (node.made_by)
    out +=
        graph.nodes[node.made_by->node].name + "." + graph.nodes[node.made_by->node].outputs[node.made_by->output].name;
  for (std::size_t port = 0; port < node.ports.size(); ++port)
    for (const host::Source& source : node.wired[port]) {
      const GraphNode& from = graph.nodes[source.node];
      out += (out.empty() ? "" : ", ") + node.ports[port].name + " ← " + from.name;
      if (source.output != 0) out += "." + from.outputs[source.output].name;
    }
  return out;
}

std::string dot_of(const Graph& graph) {
  std::string out = "digraph experiment {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", style=rounded];\n";
  for (const GraphNode& node : graph.nodes)
    out += text("  \"{}\" [label=\"{}\\n{}\", shape={}];\n", node.name, node.name, node.component.id(),
                node.at_work ? "box" : "ellipse");
  for (const GraphNode& node : graph.nodes) {
    if (node.made_by)
      out += text("  \"{}\" -> \"{}\" [style=dashed];\n", graph.nodes[node.made_by->node].name, node.name);
    for (std::size_t port = 0; port < node.ports.size(); ++port)
      for (const host::Source& source : node.wired[port])
        out += text("  \"{}\" -> \"{}\" [label=\"{}\"];\n", graph.nodes[source.node].name, node.name,
                    node.ports[port].name);
  }
  return out + "}\n";
}

}  // namespace

int check(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  tell_at_end(options, session);
  if (options.errors_as != "text") return kDone;
  std::printf("%s: good. %zu nodes, %zu %s, %zu to compute.\n", options.experiment.c_str(),
              plan->rows[0].graph.nodes.size(), plan->rows.size(), plan->rows.size() == 1 ? "row" : "rows",
              plan->tasks.size());
  return kDone;
}

int plan(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  std::size_t runs = 0, shared = 0;
  for (std::size_t r = 0; r < plan->rows.size(); ++r) {
    const host::PlannedRow& row = plan->rows[r];
    std::printf("row %zu of %zu  %s\n", r + 1, plan->rows.size(), settings_of(row.row).c_str());
    for (const std::size_t i : row.graph.order) {
      const GraphNode& node = row.graph.nodes[i];
      if (!node.at_work) continue;
      const host::Task& task = plan->tasks[row.tasks[i]];
      const bool here = task.row == r;
      ++(here ? runs : shared);
      const std::string why = here ? "" : text("same as in row {}", task.row + 1);
      std::printf("  %-16s %-7s %-28s %s  %s\n", node.name.c_str(), here ? "run" : "shared",
                  std::string(node.component.id()).c_str(), task.key.substr(0, 12).c_str(), why.c_str());
    }
  }
  std::printf("%zu node runs, %zu shared between rows.\n", runs, shared);
  tell_at_end(options, session);
  return kDone;
}

int graph(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  const Graph& graph = plan->rows[0].graph;
  if (options.format == "dot") {
    std::fputs(dot_of(graph).c_str(), stdout);
    return kDone;
  }
  for (const std::size_t i : graph.order) {
    const GraphNode& node = graph.nodes[i];
    std::printf("%-16s %-28s %s\n", node.name.c_str(), std::string(node.component.id()).c_str(),
                inputs_of(graph, node).c_str());
  }
  return kDone;
}

}  // namespace shoal::cli
