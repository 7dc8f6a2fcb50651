#include "framework/graph/load_experiment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "framework/config/layers.h"
#include "framework/config/like.h"
#include "framework/config/overrides.h"
#include "framework/config/path.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;
using config::Entry;
using config::Override;
using config::Path;
using config::Value;

/// What the command line changes.
struct Changes {
  std::vector<Override> overrides, axes;
  std::vector<Override> picks;  // -m backend=ours,mini
};

Changes read_command_line(const PlanOptions& options, Diagnostics& diagnostics) {
  std::vector<std::string> arguments = options.overrides;
  arguments.insert(arguments.end(), options.axes.begin(), options.axes.end());
  const auto command_line = config::Source::command_line(arguments);
  Changes changes;
  changes.overrides = config::parse_overrides(command_line, diagnostics, options.overrides.size());
  for (std::size_t line = options.overrides.size() + 1; line <= arguments.size(); ++line)
    if (auto axis = config::parse_axis(command_line, line, diagnostics)) {
      const auto& segments = axis->written.segments;
      const bool names_cases = segments.size() == 1 && !config::is_top_level_key(segments[0].key);
      (names_cases ? changes.picks : changes.axes).push_back(std::move(*axis));
    }
  return changes;
}

std::optional<Path> read_path(const std::string& written) {
  Diagnostics ignored;
  const auto path = config::parse_path(written, {}, ignored);
  return path ? std::optional(config::expand_short(*path)) : std::nullopt;
}

/// An axis given by -m replaces the one of the same path, also where the file spells that in full.
void name_as_the_file_does(Override& axis, const Value& document) {
  const Value* matrix = document.find("matrix");
  if (matrix == nullptr || !matrix->is_map()) return;
  std::string& name = axis.path.segments.back().key;
  const auto wanted = read_path(name);
  for (const Entry& entry : matrix->entries)
    if (entry.key.find('.') != std::string::npos && wanted && read_path(entry.key) == wanted) name = entry.key;
}

void set_seeds(Value& document, std::int64_t seeds) {
  if (document.find("matrix") == nullptr) document.set("matrix", Value::make_map());
  document.find("matrix")->set("seeds", Value::make_integer(seeds));
}

/// A variable that no file has would change nothing, and most likely is a misspelled one. `path` is what is set.
void refuse_unknown_variable(const Value& document, const Path& path, const config::Place& place,
                             Diagnostics& diagnostics) {
  if (path.segments.size() < 2 || path.segments[0].key != "vars") return;
  const Value* vars = document.find("vars");
  const std::vector<std::string> names = vars != nullptr ? vars->keys() : std::vector<std::string>{};
  const std::string& name = path.segments[1].key;
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  diagnostics.error("C210", place, text("no file has a variable '{}'", name) + config::did_you_mean(name, names));
}

void refuse_unknown_variables(const Value& document, const Changes& changes, Diagnostics& diagnostics) {
  for (const Override& change : changes.overrides)
    if (change.kind == Override::Kind::set)
      refuse_unknown_variable(document, change.path, change.written.place, diagnostics);
  for (const Override& axis : changes.axes)
    refuse_unknown_variable(document, axis.written, axis.written.place, diagnostics);
}

void add_path(const std::string& key, std::vector<Path>& paths) {
  if (auto path = read_path(key)) paths.push_back(std::move(*path));
}

/// All that a matrix sets, before it has been checked: what is no path is said when it is.
std::vector<Path> paths_set_by(const Value& matrix) {
  std::vector<Path> paths;
  for (const Entry& entry : matrix.entries) {
    if (entry.key == "exclude" || entry.key == "add") continue;
    if (entry.key == "seeds") {
      add_path("seed", paths);
      continue;
    }
    if (entry.key.find_first_of(".['") != std::string::npos || config::is_top_level_key(entry.key))
      add_path(entry.key, paths);
    for (const Entry& one : entry.value.entries)
      for (const Entry& set : one.value.entries) add_path(set.key, paths);
  }
  return paths;
}

/// `${…}` in the matrix take what files and command line say; one that hangs on an axis waits for the row.
void interpolate_matrix(LoadedExperiment& experiment, const std::vector<Override>& changes) {
  Value* matrix = experiment.document.find("matrix");
  if (matrix == nullptr || !config::has_references(*matrix)) return;
  Diagnostics said_later;
  Value changed = experiment.document;
  for (const Override& change : changes) config::apply_override(changed, change, said_later);
  auto found = config::interpolate(changed, experiment.references, said_later);
  *matrix = std::move(*found.document.find("matrix"));
  experiment.failed = std::move(found.failed);
}

void read_matrix(LoadedExperiment& experiment, Diagnostics& diagnostics) {
  const Value* written = experiment.document.find("matrix");
  if (written == nullptr) return;
  Diagnostics found;
  auto matrix = config::read_matrix(*written, found);
  add_but_at(experiment.failed, found, diagnostics);
  experiment.matrix_is_good = matrix.has_value();
  if (matrix) experiment.matrix = std::move(*matrix);
}

/// What all rows share cannot hang on what differs between them.
void refuse_pending(const LoadedExperiment& experiment, Diagnostics& diagnostics) {
  for (const char* key : {"name", "seed", "plugins", "run", "compare"}) {
    const Value* value = experiment.document.find(key);
    const bool failed = value != nullptr && std::find(experiment.failed.begin(), experiment.failed.end(),
                                                      value->place) != experiment.failed.end();
    if (value == nullptr || failed || experiment.references.pending.empty() || !config::has_references(*value))
      continue;
    diagnostics.error("C205", value->place, text("'{}' is one for all rows, but this hangs on the matrix", key));
  }
}

/// What is used up here, and so never seen by read_experiment.
void check_used_up(const Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics) {
  const Value* vars = document.find("vars");
  if (vars != nullptr && !vars->is_map())
    diagnostics.error("K205", vars->place, text("'vars' must be a map, but is {}", vars->kind_name()));
  for (const Override& change : changes)
    if (change.path.segments[0].key == "base")
      diagnostics.error("C210", change.written.place, "'base' stands in files alone",
                        {{"--with FILE lays a file over the experiment", {}}});
}

/// Whether rows have anything to interpolate.
bool rows_have_references(const LoadedExperiment& experiment) {
  const auto has = [](const config::Assignment& assignment) { return config::has_references(assignment.value); };
  bool any = config::has_references(experiment.document);
  for (const config::Axis& axis : experiment.matrix.axes)
    for (const config::Case& one : axis.cases)
      any = any || std::any_of(one.assignments.begin(), one.assignments.end(), has);
  for (const config::Matrix::AddedRow& row : experiment.matrix.add)
    any = any || std::any_of(row.assignments.begin(), row.assignments.end(), has);
  return any;
}

}  // namespace

std::vector<std::string> LoadedExperiment::axis_names() const {
  std::vector<std::string> names;
  for (const config::Axis& axis : matrix.axes) names.push_back(axis.name);
  return names;
}

void add_but_at(const std::vector<config::Place>& failed, const Diagnostics& found, Diagnostics& all) {
  for (config::Diagnostic& diagnostic : found.sorted())
    if (std::find(failed.begin(), failed.end(), diagnostic.place) == failed.end()) all.add(std::move(diagnostic));
}

std::optional<LoadedExperiment> load_experiment(const PlanOptions& options, Diagnostics& diagnostics) {
  auto document = config::load_layers(options.file, options.overlays, diagnostics);
  Changes changes = read_command_line(options, diagnostics);
  if (!document) return std::nullopt;
  LoadedExperiment out;
  out.document = std::move(*document);
  for (Override& axis : changes.axes) name_as_the_file_does(axis, out.document);
  changes.overrides = config::change_matrix(out.document, changes.overrides, diagnostics);
  config::change_matrix(out.document, changes.axes, diagnostics);
  if (options.seeds) set_seeds(out.document, *options.seeds);

  out.references.data_folder = options.data_folder;
  if (const Value* matrix = out.document.find("matrix")) out.references.pending = paths_set_by(*matrix);
  interpolate_matrix(out, changes.overrides);
  read_matrix(out, diagnostics);
  if (out.matrix_is_good) out.matrix_is_good = config::pick_cases(out.matrix, changes.picks, diagnostics);
  if (out.matrix_is_good) changes.overrides = config::fix_axes(out.matrix, changes.overrides, diagnostics);
  refuse_unknown_variables(out.document, changes, diagnostics);
  config::apply_overrides(out.document, changes.overrides, diagnostics);
  check_used_up(out.document, changes.overrides, diagnostics);
  config::resolve_like(out.document, diagnostics);
  if (out.matrix_is_good) out.matrix_is_good = config::check_paths(out.matrix, out.document, diagnostics);

  auto found = config::interpolate(out.document, out.references, diagnostics);
  out.document = std::move(found.document);
  out.failed.insert(out.failed.end(), found.failed.begin(), found.failed.end());
  refuse_pending(out, diagnostics);
  if (!rows_have_references(out)) out.references.pending.clear();  // then nobody looks for them in a thousand rows
  return out;
}

Value document_of_row(const LoadedExperiment& experiment, const config::Row& row, std::vector<config::Place>& failed,
                      Diagnostics& diagnostics) {
  Value out = config::apply_row(experiment.document, row, diagnostics);
  config::resolve_like(out, diagnostics);
  if (!experiment.references.pending.empty() && config::has_references(out)) {
    auto found = config::interpolate(out, {experiment.references.data_folder, {}}, diagnostics);
    out = std::move(found.document);
    failed.insert(failed.end(), found.failed.begin(), found.failed.end());
  }
  out.erase("vars");
  return out;
}

}  // namespace shoal::host
