#include "framework/graph/plan.h"

#include <filesystem>

#include "framework/config/scalars.h"
#include "framework/config/shard.h"
#include "framework/graph/experiment.h"
#include "framework/graph/relative_path.h"
#include "framework/graph/row_findings.h"
#include "framework/plugin/digest.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;
using config::Value;

constexpr int kKeyFormat = 1;

/// The result's name: equal key, equal bytes.
std::string key_of(const Task& task, const GraphNode& node, const std::vector<Task>& tasks, const std::string& device) {
  Digest digest;
  digest.number(kKeyFormat)
      .text(node.component.id())
      .text(node.component.library->digest())
      .number(node.at_work ? 1 : 0);
  if (node.parameters) node.parameters->add_to(digest);
  if (node.component.has_trait("random")) digest.number(static_cast<std::int64_t>(task.seed));
  if (node.component.library->descriptor.torch_tier())
    digest.text(node.component.library->descriptor.torch_build).text(device);
  if (task.made_by) digest.text(tasks[*task.made_by].key).number(static_cast<std::int64_t>(node.made_by->output));
  for (std::size_t port = 0; port < node.ports.size(); ++port) {
    if (node.wired[port].empty()) continue;
    digest.text(node.ports[port].name).number(static_cast<std::int64_t>(node.wired[port].size()));
    for (std::size_t i = 0; i < node.wired[port].size(); ++i)
      digest.text(tasks[task.inputs[port][i]].key).number(static_cast<std::int64_t>(node.wired[port][i].output));
  }
  return digest.hex();
}

/// Adds a row's nodes to the plan; one that an earlier row has under the same key is shared.
void add_tasks(Plan& plan, std::size_t row_number, std::map<std::string, std::size_t>& known) {
  PlannedRow& row = plan.rows[row_number];
  row.tasks.resize(row.graph.nodes.size());
  for (const std::size_t i : row.graph.order) {
    const GraphNode& node = row.graph.nodes[i];
    Task task;
    task.row = row_number;
    task.node = i;
    task.seed = node_seed(node.seed.value_or(row.row.seed), node.name);
    for (const Wired& wired : node.wired) {
      task.inputs.emplace_back();
      for (const Source& source : wired) task.inputs.back().push_back(row.tasks[source.node]);
    }
    if (node.made_by) task.made_by = row.tasks[node.made_by->node];
    task.key = key_of(task, node, plan.tasks, row.graph.experiment.device);
    // The name belongs to it, since scalars and errors are said under it; it is no part of the key.
    // So is where it is fitted, the same bytes but another chance to end, and hence by which tasks its inputs are made.
    std::string how = node.isolated ? text(" isolated {}", node.timeout_seconds) : "";
    for (const auto& port : task.inputs)
      for (const std::size_t input : port) how += text(" {}", input);
    if (task.made_by) how += text(" by {}", *task.made_by);
    const auto [entry, added] = known.try_emplace(task.key + node.name + how, plan.tasks.size());
    if (added) plan.tasks.push_back(std::move(task));
    plan.tasks[entry->second].rows.push_back(row_number);
    row.tasks[i] = entry->second;
  }
}

/// The matrix as it will be run, with the axes that the command line fixed; `written` has what is kept as it is.
Value emit_matrix(const config::Matrix& matrix, const Value* written) {
  Value out = Value::make_map();
  for (const config::Axis& axis : matrix.axes) {
    Value cases = axis.path ? Value::make_list() : Value::make_map();
    for (const config::Case& one : axis.cases) {
      if (axis.path) {
        cases.items.push_back(one.assignments.at(0).value);
        continue;
      }
      Value paths = Value::make_map();
      for (const config::Assignment& assignment : one.assignments)
        paths.set(config::to_string(config::shorten(assignment.path)), assignment.value);
      cases.set(one.label, std::move(paths));
    }
    out.set(axis.name, std::move(cases));
  }
  for (const char* key : {"exclude", "add", "seeds"})
    if (const Value* kept = written != nullptr ? written->find(key) : nullptr) out.set(key, *kept);
  return out;
}

/// Plugins named by the experiment, relative to the file that names them; loaded before anything is looked up.
void load_named_plugins(const Value& document, const std::string& file, Registry& registry, Diagnostics& diagnostics) {
  const Value* plugins = document.find("plugins");
  if (plugins == nullptr || !plugins->is_list()) return;  // a wrong form is said by read_experiment
  for (const Value& item : plugins->items) {
    if (!item.is_scalar()) continue;
    const auto path = folder_of(item.place, std::filesystem::path(file).parent_path()) / item.text;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) registry.load_folder(path);
    else if (std::filesystem::exists(path, error)) {
      const std::size_t refused = registry.refusals().size();
      registry.load_file(path);
      if (registry.refusals().size() > refused)
        diagnostics.error("K217", item.place, text("'{}': {}", path.string(), registry.refusals().back().reason));
    } else {
      diagnostics.error("K217", item.place, text("there is no plugin or folder '{}'", path.string()));
    }
  }
}

/// Said here, since each row has a seed of its own.
std::int64_t read_seed(const Value& document, Diagnostics& diagnostics) {
  const Value* seed = document.find("seed");
  return seed != nullptr ? config::read_int(*seed, diagnostics, "seed").value_or(0) : 0;
}

/// Errors of the file itself where its rows are not known. What such a matrix would have set cannot be called missing.
void check_without_rows(const LoadedExperiment& experiment, const Registry& registry, Diagnostics& diagnostics) {
  const Value& document = experiment.document;
  Diagnostics found, without_followed;
  check(read_experiment(document, found), registry, experiment.axis_names(), found);
  add_but_at(experiment.failed, found, without_followed);
  const bool varies = document.find("matrix") != nullptr;
  for (config::Diagnostic& diagnostic : without_followed.sorted()) {
    const bool missing = diagnostic.id == "K204" || diagnostic.id == "G304";
    if (!varies || !missing || diagnostic.place == document.place) diagnostics.add(std::move(diagnostic));
  }
}

}  // namespace

std::optional<Plan> plan_experiment(const PlanOptions& options, Registry& registry, Diagnostics& diagnostics) {
  const auto experiment = load_experiment(options, diagnostics);
  if (!experiment) return std::nullopt;
  const Value& document = experiment->document;
  load_named_plugins(document, options.file, registry, diagnostics);

  Plan plan;
  plan.axes = experiment->axis_names();
  if (!experiment->matrix_is_good) {
    check_without_rows(*experiment, registry, diagnostics);
    return std::nullopt;
  }
  Diagnostics of_seed;
  const std::int64_t base_seed = read_seed(document, of_seed);
  add_but_at(experiment->failed, of_seed, diagnostics);
  plan.document = document;
  if (const Value* matrix = document.find("matrix"))
    plan.document.set("matrix", emit_matrix(experiment->matrix, matrix));
  std::map<std::string, std::size_t> known;
  auto rows = config::expand(experiment->matrix, base_seed, diagnostics);
  if (rows.empty()) check_without_rows(*experiment, registry, diagnostics);
  else if (!options.shard.empty()) rows = config::rows_of_shard(std::move(rows), options.shard, diagnostics);
  RowFindings findings;
  for (const config::Row& row : rows) {
    std::vector<config::Place> failed = experiment->failed;
    Diagnostics found, followed;
    Value row_document = document_of_row(*experiment, row, failed, found);
    auto graph = check(read_experiment(row_document, followed), registry, plan.axes, followed);
    add_but_at(failed, followed, found);
    findings.add(static_cast<std::size_t>(&row - rows.data()), found);
    if (findings.has_errors() || !graph)
      continue;  // there will be no plan; the other rows' errors are still looked for
    plan.rows.push_back({row, std::move(row_document), std::move(*graph), {}});
    add_tasks(plan, plan.rows.size() - 1, known);
  }
  findings.tell(rows, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return plan;
}

}  // namespace shoal::host
