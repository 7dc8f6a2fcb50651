// shoal check and graph: what an experiment is, without running it.
#include <cstdio>

#include "framework/cli/forecast.h"
#include "framework/cli/open_store.h"
#include "framework/cli/session.h"
#include "framework/config/emit.h"
#include "framework/graph/origins.h"
#include "framework/graph/resolved.h"
#include "framework/graph/svg.h"
#include "framework/run/data_checks.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

using host::Graph;
using host::GraphNode;

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

std::string dot_of(const Graph& graph, const std::set<std::size_t>& stored) {
  std::string out = "digraph experiment {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", style=rounded];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    out += text("  \"{}\" [label=\"{}\\n{}{}\", shape={}];\n", node.name, node.name, node.component.id(),
                stored.contains(i) ? "\\nstored" : "", node.at_work ? "box" : "ellipse");
  }
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

/// The nodes of the first row whose results the store has; nothing where the device or the data is not there.
std::optional<std::set<std::size_t>> stored_nodes(const Options& options, Session& session, const host::Plan& plan) {
  const auto means = choose_means(options, session, plan);
  if (!means) return std::nullopt;
  const auto store = open_store();
  const Forecast forecast(session, plan, store.get(), *means);
  if (!forecast.tell_if_wrong(options, session)) return std::nullopt;
  std::set<std::size_t> out;
  for (std::size_t i = 0; i < plan.rows[0].tasks.size(); ++i)
    if (forecast.of(plan.rows[0].tasks[i]) == host::Executor::Forecast::kept) out.insert(i);
  return out;
}

}  // namespace

int check(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  config::Diagnostics by_data;
  host::check_against_data(*plan, host::open_datasets(*plan, session.services), by_data);
  if (!tell_of_data(options, session, by_data)) return kWrongInput;
  tell_at_end(options, session);
  if (options.row > plan->rows.size()) {
    std::fprintf(stderr, "shoal: error: --row %zu, but there are %zu rows\n", options.row, plan->rows.size());
    return kWrongInput;
  }
  if (options.resolved || options.origin) {
    const std::size_t row = options.row - 1;
    std::fputs((options.origin ? host::origins_as_text(host::origins_of(*plan, row))
                               : config::emit_yaml(host::resolved_row(*plan, row)))
                   .c_str(),
               stdout);
    return kDone;
  }
  if (options.errors_as != "text") return kDone;
  std::printf("%s: good. %zu nodes, %zu %s, %zu to compute.\n", options.experiment.c_str(),
              plan->rows[0].graph.nodes.size(), plan->rows.size(), plan->rows.size() == 1 ? "row" : "rows",
              plan->tasks.size());
  return kDone;
}

int graph(const Options& options) {
  Session session(options);
  const auto plan = plan_or_explain(options, session);
  if (!plan) return kWrongInput;
  const Graph& graph = plan->rows[0].graph;
  const auto stored = options.stored ? stored_nodes(options, session, *plan) : std::set<std::size_t>{};
  if (!stored) return kWrongInput;
  if (options.format == "dot" || options.format == "svg") {
    std::fputs((options.format == "dot" ? dot_of(graph, *stored) : host::to_svg(graph, *stored)).c_str(), stdout);
    return kDone;
  }
  for (const std::size_t i : graph.order) {
    const GraphNode& node = graph.nodes[i];
    std::printf("%-16s %-28s %s%s\n", node.name.c_str(), std::string(node.component.id()).c_str(),
                options.stored ? stored->contains(i) ? "stored  " : "        " : "", inputs_of(graph, node).c_str());
  }
  return kDone;
}

}  // namespace shoal::cli
