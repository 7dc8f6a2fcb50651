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

std::vector<std::string> labels_of(const Axis& axis) {
  std::vector<std::string> labels;
  for (const Case& one : axis.cases) labels.push_back(one.label);
  return labels;
}

// Says M502 and returns null where the axis has no such case.
const Case* find_case(const Axis& axis, const Value& label, Diagnostics& diagnostics) {
  for (const Case& one : axis.cases)
    if (label.is_scalar() && one.label == label.text) return &one;
  const std::vector<std::string> labels = labels_of(axis);
  diagnostics.error(
      "M502", label.place,
      fmt::format("axis '{}' has no case {}{}", axis.name,
                  label.is_scalar() ? "'" + label.text + "'" : emit_flow(label), did_you_mean(label.text, labels)),
      {{fmt::format("cases: {}", fmt::join(labels, ", ")), std::nullopt}, {"the axis", axis.place}});
  return nullptr;
}

// Only these are left; added rows that name another go.
void keep_cases(Matrix& matrix, Axis& axis, std::vector<Case> kept) {
  axis.cases = std::move(kept);
  axis.fixed = true;
  const std::vector<std::string> labels = labels_of(axis);
  std::erase_if(matrix.add, [&](const Matrix::AddedRow& row) {
    return std::any_of(row.settings.begin(), row.settings.end(), [&](const Setting& s) {
      return s.axis == axis.name && std::find(labels.begin(), labels.end(), s.label) == labels.end();
    });
  });
}

// `backend=mini` on the named axis backend: the case is picked.
void pick_case(Matrix& matrix, Axis& axis, const Override& change, Diagnostics& diagnostics) {
  const Case* one = find_case(axis, change.value, diagnostics);
  if (one == nullptr) return;
  const std::string label = one->label;
  keep_cases(matrix, axis, {*one});
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

// The cases that `-m backend=ours,mini` names.
void pick_cases_of(Matrix& matrix, Axis& axis, const Value& labels, Diagnostics& diagnostics) {
  if (!labels.is_list()) {
    diagnostics.error("M502", labels.place,
                      fmt::format("axis '{}' wants names of its cases, got {}", axis.name, emit_flow(labels)),
                      {{fmt::format("cases: {}", fmt::join(labels_of(axis), ", ")), std::nullopt}});
    return;
  }
  std::vector<Case> kept;
  for (const Value& label : labels.items) {
    const Case* one = find_case(axis, label, diagnostics);
    if (one == nullptr) continue;
    const auto same = [&](const Case& other) { return other.label == one->label; };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(*one);
    else
      diagnostics.warning("M510", label.place,
                          fmt::format("axis '{}' has {} twice; it is taken once", axis.name, one->label));
  }
  if (!kept.empty()) keep_cases(matrix, axis, std::move(kept));
}

}  // namespace

bool pick_cases(Matrix& matrix, const std::vector<Override>& picks, Diagnostics& diagnostics) {
  Diagnostics found;
  for (const Override& pick : picks) {
    const std::string& name = pick.written.segments[0].key;
    std::vector<std::string> names;
    for (const Axis& axis : matrix.axes) names.push_back(axis.name);
    const auto axis = std::find_if(matrix.axes.begin(), matrix.axes.end(),
                                   [&](const Axis& one) { return one.name == name && !one.path; });
    if (axis != matrix.axes.end()) {
      pick_cases_of(matrix, *axis, pick.value, found);
      continue;
    }
    found.error("M501", pick.written.place,
                fmt::format("there is no axis '{}' in the file{}", name, did_you_mean(name, names)),
                {{"a new axis is a path, as in -m kmeans.k=10,100", std::nullopt}});
  }
  for (Diagnostic& diagnostic : found.sorted()) diagnostics.add(std::move(diagnostic));
  return !found.has_errors();
}

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
