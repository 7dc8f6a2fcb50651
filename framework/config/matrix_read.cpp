// `matrix:` from text to axes. What an axis means is said in matrix.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "framework/config/emit.h"
#include "framework/config/matrix.h"
#include "framework/config/range.h"
#include "framework/config/scalars.h"

namespace shoal::config {
namespace {

constexpr std::size_t kMaxValues = 10'000;

std::optional<Path> read_path(const Entry& entry, Diagnostics& diagnostics) {
  std::optional<Path> path = parse_path(entry.key, entry.key_place, diagnostics);
  return path ? std::optional(expand_short(*std::move(path))) : std::nullopt;
}

class MatrixReader {
 public:
  explicit MatrixReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Matrix read(const Value& value) {
    matrix_.place = value.place;
    const std::array<std::string_view, 3> words{"exclude", "add", "seeds"};
    for (const Entry& entry : value.entries) {
      if (std::find(words.begin(), words.end(), entry.key) == words.end()) axis(entry);
    }
    check_axes_are_apart();
    refuse_shared();
    if (const Value* seeds = value.find("seeds")) read_seeds(*seeds);
    if (const Value* exclude = value.find("exclude")) {
      for_each_row(*exclude, "exclude", [&](const Value& row) { read_exclude(row); });
    }
    if (const Value* add = value.find("add")) for_each_row(*add, "add", [&](const Value& row) { read_add(row); });
    return std::move(matrix_);
  }

 private:
  void fail(std::string id, const Place& place, std::string message, std::string help = "") {
    std::vector<Note> notes;
    if (!help.empty()) notes.push_back({std::move(help), std::nullopt});
    diagnostics_.error(std::move(id), place, std::move(message), std::move(notes));
  }

  void axis(const Entry& entry) {
    if (entry.key == "seed") {
      return fail("M502", entry.key_place, "'seed' is no axis", "write seeds: 5 or seeds: [1, 7]");
    }
    const bool is_path = entry.key.find_first_of(".['") != std::string::npos;
    const bool is_setting = is_top_level_key(entry.key) && !entry.value.is_map();  // device: [cpu, cuda]
    is_path || is_setting ? path_axis(entry) : named_axis(entry);
  }

  void path_axis(const Entry& entry) {
    const std::optional<Path> path = read_path(entry, diagnostics_);
    if (!path) return;
    Axis axis{.name = to_string(shorten(*path)), .path = *path, .cases = {}, .place = entry.key_place};
    std::vector<Value> values = entry.value.items;
    if (entry.value.is_map()) {
      std::optional<std::vector<Value>> range = read_range(entry.value, axis.name, diagnostics_, kMaxValues);
      if (!range) return;
      values = *std::move(range);
    } else if (!entry.value.is_list()) {
      return fail("M502", entry.value.place,
                  fmt::format("axis '{}' wants a list of values, got {}", axis.name, entry.value.kind_name()),
                  "write [10, 100] or {from: 1, to: 10, step: 1}");
    }
    if (values.empty()) return fail("M502", entry.value.place, fmt::format("axis '{}' has no values", axis.name));
    std::map<std::string, Place> seen;
    for (const Value& value : values) {
      const std::string label = emit_flow(value);
      const auto [first, is_new] = seen.emplace(label, value.place);
      if (is_new) {
        axis.cases.push_back({label, {{*path, value}}, value.place});
      } else {
        diagnostics_.warning("M510", value.place,
                             fmt::format("axis '{}' has {} twice; it is taken once", axis.name, label),
                             {{"first given", first->second}});
      }
    }
    matrix_.axes.push_back(std::move(axis));
  }

  void named_axis(const Entry& entry) {
    Axis axis{.name = entry.key, .path = {}, .cases = {}, .place = entry.key_place};
    if (!entry.value.is_map() || entry.value.entries.empty()) {
      return fail("M502", entry.value.place,
                  fmt::format("axis '{}' wants cases, got {}", entry.key,
                              entry.value.is_map() ? "an empty map" : entry.value.kind_name()),
                  "without a dot: {label: {path: value}}; with one, like kmeans.k: [10, 100]");
    }
    for (const Entry& one : entry.value.entries) {
      if (!one.value.is_map()) {
        fail("M502", one.value.place,
             fmt::format("case '{}' of axis '{}' wants a map of paths, got {}", one.key, entry.key,
                         one.value.kind_name()),
             "like {kmeans.use: clusterer/kmeans, kmeans.k: 10}");
        continue;
      }
      axis.cases.push_back({one.key, assignments(one.value), one.key_place});
    }
    matrix_.axes.push_back(std::move(axis));
  }

  std::vector<Assignment> assignments(const Value& map) {
    std::vector<Assignment> out;
    for (const Entry& entry : map.entries) {
      const std::optional<Path> path = read_path(entry, diagnostics_);
      if (path) out.push_back({*path, entry.value});
    }
    return out;
  }

  // Two axes that set one path would fight; which wins would be a matter of order.
  void check_axes_are_apart() {
    std::map<std::string, const Axis*> owner;
    std::set<std::pair<const Axis*, std::string>> told;
    for (const Axis& axis : matrix_.axes) {
      for (const Case& one : axis.cases) {
        for (const Assignment& a : one.assignments) {
          const std::string path = to_string(a.path);
          const Axis* first = owner.emplace(path, &axis).first->second;
          if (first == &axis || !told.emplace(&axis, path).second) continue;
          diagnostics_.error(
              "M508", a.path.place,
              fmt::format("axes '{}' and '{}' both set '{}'", first->name, axis.name, to_string(shorten(a.path))),
              {{"the other axis", first->place}});
        }
      }
    }
  }

  // What is used once, before there are rows or after them all, cannot differ between them.
  void refuse_shared() {
    static const std::set<std::string_view> shared{"shoal",   "name",   "description", "base", "seed",
                                                   "plugins", "matrix", "figures",     "run",  "compare"};
    std::set<std::string> told;
    for (const Axis& axis : matrix_.axes)
      for (const Case& one : axis.cases)
        for (const Assignment& a : one.assignments) {
          const std::string& key = a.path.segments[0].key;
          if (!shared.contains(key) || !told.insert(a.path.place.to_string()).second) continue;
          fail("M512", a.path.place, fmt::format("'{}' is one for all rows, so no axis sets it", key),
               key == "seed" ? "write seeds: 5 or seeds: [1, 7]" : "");
        }
  }

  void read_seeds(const Value& seeds) {
    if (!seeds.is_list()) {
      const std::optional<std::int64_t> count = read_int(seeds, diagnostics_, "seeds");
      if (count && *count < 1)
        return fail("M502", seeds.place, fmt::format("'seeds' must be at least 1, but is {}", *count));
      if (count) matrix_.seed_count = *count;
      return;
    }
    if (seeds.items.empty()) return fail("M502", seeds.place, "'seeds' is an empty list");
    std::map<std::int64_t, Place> seen;
    matrix_.seeds.emplace();
    for (const Value& item : seeds.items) {
      const std::optional<std::int64_t> seed = read_int(item, diagnostics_, "seeds");
      if (!seed) continue;
      const auto [first, is_new] = seen.emplace(*seed, item.place);
      if (is_new) {
        matrix_.seeds->push_back(*seed);
      } else {
        diagnostics_.warning("M510", item.place, fmt::format("seed {} given twice; it is taken once", *seed),
                             {{"first given", first->second}});
      }
    }
  }

  template <typename Read>
  void for_each_row(const Value& rows, std::string_view word, Read read) {
    const std::string help = fmt::format("{}: [{{backend: mini, kmeans.k: 100}}]", word);
    if (!rows.is_list()) {
      return fail("M502", rows.place, fmt::format("'{}' wants a list of rows, got {}", word, rows.kind_name()), help);
    }
    for (const Value& row : rows.items) {
      if (row.is_map() && !row.entries.empty()) {
        read(row);
      } else {
        fail("M502", row.place,
             fmt::format("a row of '{}' wants a map of axes, got {}", word,
                         row.is_map() ? "an empty one" : row.kind_name()),
             help);
      }
    }
  }

  const Axis* find_axis(const Entry& entry) {
    Diagnostics ignored;
    const std::optional<Path> path = read_path(entry, ignored);
    std::vector<std::string> names;
    for (const Axis& axis : matrix_.axes) {
      if (axis.name == entry.key || (path && axis.path == path)) return &axis;
      names.push_back(axis.name);
    }
    fail("M501", entry.key_place, fmt::format("there is no axis '{}'{}", entry.key, did_you_mean(entry.key, names)));
    return nullptr;
  }

  // The case of a named axis that a row means.
  const Case* find_case(const Axis& axis, const Value& label) {
    std::vector<std::string> labels;
    for (const Case& one : axis.cases) {
      if (label.is_scalar() && one.label == label.text) return &one;
      labels.push_back(one.label);
    }
    fail("M502", label.place,
         fmt::format("axis '{}' has no case {}{}", axis.name,
                     label.is_scalar() ? "'" + label.text + "'" : emit_flow(label), did_you_mean(label.text, labels)));
    return nullptr;
  }

  void read_exclude(const Value& row) {
    Matrix::Pattern pattern{{}, row.place};
    for (const Entry& entry : row.entries) {
      const Axis* axis = find_axis(entry);
      if (axis == nullptr || (!axis->path && !find_case(*axis, entry.value))) return;
      pattern.settings.push_back({axis->name, axis->path ? emit_flow(entry.value) : entry.value.text});
    }
    matrix_.exclude.push_back(std::move(pattern));
  }

  // Settings go in the order of the axes, whatever the order of the row.
  void read_add(const Value& row) {
    std::map<const Axis*, const Value*> given;
    for (const Entry& entry : row.entries) {
      const Axis* axis = find_axis(entry);
      if (axis == nullptr) return;
      given[axis] = &entry.value;
    }
    Matrix::AddedRow added{{}, {}, row.place};
    for (const Axis& axis : matrix_.axes) {
      const auto at = given.find(&axis);
      if (at == given.end()) continue;
      const Value& value = *at->second;
      if (axis.path) {
        added.settings.push_back({axis.name, emit_flow(value)});
        added.assignments.push_back({*axis.path, value});
      } else if (const Case* one = find_case(axis, value)) {
        added.settings.push_back({axis.name, one->label});
        added.assignments.insert(added.assignments.end(), one->assignments.begin(), one->assignments.end());
      }
    }
    matrix_.add.push_back(std::move(added));
  }

  Diagnostics& diagnostics_;
  Matrix matrix_;
};

}  // namespace

std::optional<Matrix> read_matrix(const Value& value, Diagnostics& diagnostics) {
  if (!value.is_map()) {
    diagnostics.error("M502", value.place, fmt::format("'matrix' wants a map of axes, got {}", value.kind_name()));
    return std::nullopt;
  }
  Diagnostics found;
  Matrix matrix = MatrixReader(found).read(value);
  for (Diagnostic& diagnostic : found.sorted()) diagnostics.add(std::move(diagnostic));
  return found.has_errors() ? std::nullopt : std::optional(std::move(matrix));
}

}  // namespace shoal::config
