// Overrides of the command line against the axes of a matrix.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "framework/config/emit.h"
#include "framework/config/matrix.h"

namespace shoal::config {
namespace {

bool set_in(std::vector<Assignment>& assignments, const Override& change) {
  bool hit = false;
  for (Assignment& a : assignments) {
    if (!(a.path == change.path)) continue;
    a.value = change.value;
    hit = true;
  }
  return hit;
}

void relabel(std::vector<Setting>& settings, const std::string& axis, const std::string& label) {
  for (Setting& setting : settings) {
    if (setting.axis == axis) setting.label = label;
  }
}

// matrix.kmeans.k → matrix.'kmeans.k': an axis is one key of the matrix, however its path is cut, unless its first
// segment is a key by itself (matrix.backend.ours).
Path to_axis(Path path, const Value* matrix) {
  if (path.segments.size() < 3) return path;
  const auto is_key = [&](const std::string& key) {
    return key == "exclude" || key == "add" || (matrix != nullptr && matrix->is_map() && matrix->find(key) != nullptr);
  };
  const std::string axis = to_string({{path.segments.begin() + 1, path.segments.end()}, path.place});
  if (!is_key(axis) && is_key(path.segments[1].key)) return path;
  path.segments = {path.segments[0], {axis, std::nullopt}};
  return path;
}

// `kmeans.k=5` on the axis kmeans.k: one case is left, also in added rows.
void fix_path_axis(Matrix& matrix, Axis& axis, const Override& change, Diagnostics& diagnostics) {
  const std::string label = emit_flow(change.value);
  axis.cases = {{label, {{change.path, change.value}}, change.value.place}};
  axis.fixed = true;
  for (Matrix::AddedRow& row : matrix.add) {
    set_in(row.assignments, change);
    relabel(row.settings, axis.name, label);
  }
  diagnostics.note("C214", change.written.place, fmt::format("axis '{}' is fixed to {}", axis.name, label),
                   {{"the axis", axis.place}});
}

// `backend=mini` on the named axis backend: the case is picked; added rows that name another case go.
void pick_case(Matrix& matrix, Axis& axis, const Override& change, Diagnostics& diagnostics) {
  const std::string& label = change.value.text;
  std::vector<std::string> labels;
  for (const Case& one : axis.cases) labels.push_back(one.label);
  if (!change.value.is_scalar() || std::find(labels.begin(), labels.end(), label) == labels.end()) {
    diagnostics.error("M502", change.value.place,
                      fmt::format("axis '{}' has no case {}{}", axis.name,
                                  change.value.is_scalar() ? "'" + label + "'" : emit_flow(change.value),
                                  did_you_mean(label, labels)),
                      {{fmt::format("cases: {}", fmt::join(labels, ", ")), std::nullopt}, {"the axis", axis.place}});
    return;
  }
  std::erase_if(axis.cases, [&](const Case& one) { return one.label != label; });
  axis.fixed = true;
  std::erase_if(matrix.add, [&](const Matrix::AddedRow& row) {
    return std::any_of(row.settings.begin(), row.settings.end(),
                       [&](const Setting& s) { return s.axis == axis.name && s.label != label; });
  });
  diagnostics.note("C214", change.written.place, fmt::format("axis '{}' is fixed to {}", axis.name, label),
                   {{"the axis", axis.place}});
}

// `kmeans.use=x` where cases of `backend` set kmeans.use: all of them now set x.
void set_in_cases(Matrix& matrix, Axis& axis, const Override& change, Diagnostics& diagnostics) {
  bool hit = false;
  for (Case& one : axis.cases) hit = set_in(one.assignments, change) || hit;
  if (!hit) return;
  for (Matrix::AddedRow& row : matrix.add) set_in(row.assignments, change);
  diagnostics.note("C214", change.written.place,
                   fmt::format("'{}' is {} in every case of axis '{}'", to_string(change.written),
                               emit_flow(change.value), axis.name),
                   {{"the axis", axis.place}});
}

}  // namespace

std::vector<Override> change_matrix(Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics) {
  std::vector<Override> others;
  for (Override change : changes) {
    if (change.path.segments[0].key != "matrix") {
      others.push_back(std::move(change));
      continue;
    }
    change.path = to_axis(std::move(change.path), document.find("matrix"));
    apply_override(document, change, diagnostics);
  }
  return others;
}

std::vector<Override> fix_axes(Matrix& matrix, const std::vector<Override>& changes, Diagnostics& diagnostics) {
  std::vector<Override> left;
  for (const Override& change : changes) {
    bool picked = false;
    for (Axis& axis : matrix.axes) {
      if (change.kind != Override::Kind::set) break;
      if (axis.path) {
        if (*axis.path == change.path) fix_path_axis(matrix, axis, change, diagnostics);
      } else if (change.written.segments.size() == 1 && change.written.segments[0].key == axis.name) {
        pick_case(matrix, axis, change, diagnostics);
        picked = true;
      } else {
        set_in_cases(matrix, axis, change, diagnostics);
      }
    }
    if (!picked) left.push_back(change);
  }
  return left;
}

}  // namespace shoal::config
