#include "framework/graph/plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "framework/config/emit.h"
#include "framework/config/scalars.h"
#include "framework/config/shard.h"
#include "framework/graph/compare_baseline.h"
#include "framework/graph/figure_style.h"
#include "framework/graph/read_parts.h"
#include "framework/graph/relative_path.h"
#include "framework/graph/row_findings.h"
#include "framework/graph/row_graphs.h"
#include "framework/graph/tasks.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;
using config::Value;

const config::Axis* find_axis(const config::Matrix& matrix, const std::string& name) {
  for (const config::Axis& axis : matrix.axes)
    if (axis.name == name) return &axis;
  return nullptr;
}

/// What is excluded, but for rows that the command line has taken out of the matrix anyway.
Value emit_exclude(const config::Matrix& matrix, const Value* written) {
  Value out = Value::make_list();
  const Value* rows = written != nullptr ? written->find("exclude") : nullptr;
  if (rows == nullptr || rows->items.size() != matrix.exclude.size()) return out;  // the latter never, without errors
  for (std::size_t i = 0; i < matrix.exclude.size(); ++i) {
    const auto& settings = matrix.exclude[i].settings;
    const bool there = std::all_of(settings.begin(), settings.end(), [&](const config::Setting& setting) {
      const config::Axis* axis = find_axis(matrix, setting.axis);
      return !axis->fixed || std::any_of(axis->cases.begin(), axis->cases.end(),
                                         [&](const config::Case& one) { return one.label == setting.label; });
    });
    if (there) out.items.push_back(rows->items[i]);
  }
  return out;
}

/// The added rows as the command line has left them.
Value emit_add(const config::Matrix& matrix) {
  Value out = Value::make_list();
  for (const config::Matrix::AddedRow& row : matrix.add) {
    Value settings = Value::make_map();
    for (const config::Setting& setting : row.settings) {
      const config::Axis* axis = find_axis(matrix, setting.axis);
      Value value = Value::make_plain(setting.label);
      for (const config::Assignment& assignment : row.assignments)
        if (axis->path && assignment.path == *axis->path) value = assignment.value;
      settings.set(setting.axis, std::move(value));
    }
    out.items.push_back(std::move(settings));
  }
  return out;
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
  if (Value left_out = emit_exclude(matrix, written); !left_out.items.empty()) out.set("exclude", std::move(left_out));
  if (Value added = emit_add(matrix); !added.items.empty()) out.set("add", std::move(added));
  if (const Value* seeds = written != nullptr ? written->find("seeds") : nullptr) out.set("seeds", *seeds);
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

/// The baseline of `compare:`; what else is wrong there is said with the rows.
std::vector<config::Setting> check_baseline(const LoadedExperiment& experiment, Diagnostics& diagnostics) {
  const Value* compare = experiment.document.find("compare");
  if (compare == nullptr || !compare->is_map()) return {};
  Diagnostics said, found;
  auto out = baseline_of(read_compare_section(*compare, said), experiment.matrix, found);
  add_but_at(experiment.failed, found, diagnostics);
  return out;
}

/// Errors of the file itself where its rows are not known. What such a matrix would have set cannot be called missing.
void check_without_rows(const LoadedExperiment& experiment, const Registry& registry, Diagnostics& diagnostics) {
  const Value& document = experiment.document;
  Diagnostics found, without_followed;
  RowGraphs::check_alone(document, registry, experiment.axis_names(), found);
  add_but_at(experiment.failed, found, without_followed);
  const bool varies = document.find("matrix") != nullptr;
  for (config::Diagnostic& diagnostic : without_followed.sorted()) {
    const bool missing = diagnostic.id == "K204" || diagnostic.id == "G304";
    if (!varies || !missing || diagnostic.place == document.place) diagnostics.add(std::move(diagnostic));
  }
}

/// The reporters of a graph, by name: their component and its parameters.
std::map<std::string, std::string> reporters_of(const Graph& graph) {
  std::map<std::string, std::string> out;
  for (const GraphNode& node : graph.nodes)
    if (node.kind() == "reporter")
      out.emplace(node.name, text("{} {}", node.component.id(),
                                  node.parameters ? config::emit_flow(node.parameters->to_yaml()) : ""));
  return out;
}

/// M512 where a row has other reporters than the first: each hears all rows.
void refuse_varied_reporters(const std::vector<std::shared_ptr<const Graph>>& graphs, Diagnostics& diagnostics) {
  const auto first = reporters_of(*graphs[0]);
  std::set<const Graph*> seen;
  for (std::size_t row = 0; row < graphs.size(); ++row) {
    if (!seen.insert(graphs[row].get()).second) continue;
    const auto here = reporters_of(*graphs[row]);
    if (here == first) continue;
    const auto place_in = [&](const Graph& graph, const auto& mine, const auto& others) {
      for (const auto& [name, what] : mine)
        if (const auto other = others.find(name); other == others.end() || other->second != what)
          return graph.node(name).place;
      return config::Place{};
    };
    config::Place place = place_in(*graphs[row], here, first);
    if (!place.source) place = place_in(*graphs[0], first, here);
    diagnostics.error("M512", place, "a reporter is one for all rows, but the matrix changes this one",
                      {{text("row {} has another than row 1", row + 1), {}}});
    return;
  }
}

/// The graph of each row; null where there are errors. All rows are looked at, so that all errors are found.
std::vector<std::shared_ptr<const Graph>> check_rows(const LoadedExperiment& experiment,
                                                     const std::vector<config::Row>& rows, const Registry& registry,
                                                     Diagnostics& diagnostics) {
  std::vector<std::shared_ptr<const Graph>> graphs;
  RowGraphs checked(experiment, registry);
  RowFindings findings;
  for (const config::Row& row : rows) {
    Diagnostics found;
    graphs.push_back(checked.check(row, found));
    findings.add(graphs.size() - 1, found);
  }
  findings.tell(rows, diagnostics);
  return graphs;
}

}  // namespace

config::Value Plan::document_of(std::size_t row) const {
  std::vector<config::Place> said;  // what is wrong with a row has been said when it was planned
  Diagnostics too;
  return document_of_row(loaded, rows[row].row, said, too);
}

std::optional<Plan> plan_experiment(const PlanOptions& options, Registry& registry, Diagnostics& diagnostics) {
  auto experiment = load_experiment(options, diagnostics);
  if (!experiment) return std::nullopt;
  const Value& document = experiment->document;
  load_named_plugins(document, options.file, registry, diagnostics);
  if (!experiment->matrix_is_good) {
    check_without_rows(*experiment, registry, diagnostics);
    return std::nullopt;
  }
  Diagnostics of_seed;
  const std::int64_t base_seed = read_seed(document, of_seed);
  add_but_at(experiment->failed, of_seed, diagnostics);
  auto rows = config::expand(experiment->matrix, base_seed, diagnostics);
  if (rows.empty()) check_without_rows(*experiment, registry, diagnostics);
  else if (options.choose_rows) rows = options.choose_rows(document, std::move(rows), diagnostics);
  if (!rows.empty() && !options.shard.empty())
    rows = config::rows_of_shard(std::move(rows), options.shard, diagnostics);
  const auto graphs = check_rows(*experiment, rows, registry, diagnostics);
  check_facets(document, experiment->axis_names(), diagnostics);
  const std::vector<config::Setting> baseline = check_baseline(*experiment, diagnostics);
  if (diagnostics.has_errors() || rows.empty()) return std::nullopt;
  refuse_varied_reporters(graphs, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;

  Plan plan;
  plan.axes = experiment->axis_names();
  plan.baseline = baseline;
  plan.document = document;
  if (const Value* matrix = document.find("matrix"))
    plan.document.set("matrix", emit_matrix(experiment->matrix, matrix));
  for (std::size_t i = 0; i < rows.size(); ++i) plan.rows.emplace_back(std::move(rows[i]), graphs[i]);
  add_tasks(plan);
  plan.loaded = std::move(*experiment);
  return plan;
}

}  // namespace shoal::host
