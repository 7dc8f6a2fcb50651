#include "framework/config/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "framework/config/emit.h"

namespace shoal::config {
namespace {

// A row without its seed.
struct Combination {
  std::vector<Setting> settings;
  std::vector<Assignment> assignments;
};

std::size_t times(std::size_t a, std::size_t b) {  // stays at the largest number instead of wrapping round
  return b != 0 && a > std::numeric_limits<std::size_t>::max() / b ? std::numeric_limits<std::size_t>::max() : a * b;
}

std::vector<std::int64_t> seeds_of(const Matrix& matrix, std::int64_t base) {
  if (matrix.seeds) return *matrix.seeds;
  std::vector<std::int64_t> seeds;
  for (std::int64_t r = 0; r < matrix.seed_count; ++r) {
    seeds.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(r)));
  }
  return seeds;
}

// Every combination of cases, the last axis fastest.
std::vector<Combination> product(const std::vector<Axis>& axes) {
  std::vector<Combination> rows(1);
  for (const Axis& axis : axes) {
    std::vector<Combination> longer;
    for (const Combination& row : rows) {
      for (const Case& one : axis.cases) {
        Combination& next = longer.emplace_back(row);
        next.settings.push_back({axis.name, one.label});
        next.assignments.insert(next.assignments.end(), one.assignments.begin(), one.assignments.end());
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

bool matches(const Combination& row, const Matrix::Pattern& pattern) {
  return std::all_of(pattern.settings.begin(), pattern.settings.end(), [&](const Setting& wanted) {
    return std::find(row.settings.begin(), row.settings.end(), wanted) != row.settings.end();
  });
}

bool names_fixed_axis(const Matrix& matrix, const std::vector<Setting>& settings) {
  return std::any_of(settings.begin(), settings.end(), [&](const Setting& setting) {
    return std::any_of(matrix.axes.begin(), matrix.axes.end(),
                       [&](const Axis& axis) { return axis.fixed && axis.name == setting.axis; });
  });
}

void exclude(const Matrix& matrix, std::vector<Combination>& rows, Diagnostics& diagnostics) {
  const std::vector<Combination> all = rows;
  for (const Matrix::Pattern& pattern : matrix.exclude) {
    const auto hits = [&](const Combination& row) { return matches(row, pattern); };
    const bool expected = !names_fixed_axis(matrix, pattern.settings);
    if (expected && std::none_of(all.begin(), all.end(), hits)) {
      diagnostics.warning("M504", pattern.place, "exclude matches no row",
                          {{"a row is excluded where all its values are those given", std::nullopt}});
    }
    std::erase_if(rows, hits);
  }
}

void append_added(const Matrix& matrix, std::vector<Combination>& rows, Diagnostics& diagnostics) {
  for (const Matrix::AddedRow& added : matrix.add) {
    const bool there =
        std::any_of(rows.begin(), rows.end(), [&](const Combination& r) { return r.settings == added.settings; });
    if (!there) {
      rows.push_back({added.settings, added.assignments});
    } else if (!names_fixed_axis(matrix, added.settings)) {
      diagnostics.warning("M505", added.place, "the added row is there already; it is taken once");
    }
  }
}

}  // namespace

std::vector<Row> expand(const Matrix& matrix, std::int64_t base_seed, Diagnostics& diagnostics, std::size_t limit) {
  std::size_t count = 1;
  for (const Axis& axis : matrix.axes) count = times(count, axis.cases.size());
  count = times(std::max(count, count + matrix.add.size()),
                matrix.seeds ? matrix.seeds->size() : static_cast<std::size_t>(matrix.seed_count));
  if (count > limit) {
    diagnostics.error("M506", matrix.place, fmt::format("the matrix has {} rows, the limit is {}", count, limit));
    return {};
  }
  std::vector<Combination> combinations = product(matrix.axes);
  exclude(matrix, combinations, diagnostics);
  append_added(matrix, combinations, diagnostics);
  if (combinations.empty()) {
    diagnostics.error("M509", matrix.exclude.empty() ? matrix.place : matrix.exclude.front().place,
                      "exclude leaves no row of the matrix");
    return {};
  }
  std::vector<Row> rows;
  const std::vector<std::int64_t> seeds = seeds_of(matrix, base_seed);
  for (const Combination& combination : combinations) {
    for (const std::int64_t seed : seeds) rows.push_back({combination.settings, combination.assignments, seed});
  }
  return rows;
}

bool check_paths(const Matrix& matrix, const Value& document, Diagnostics& diagnostics) {
  std::set<std::string> told;  // one misspelled path may stand in many values
  for (const Axis& axis : matrix.axes) {
    for (const Case& one : axis.cases) {
      for (const Assignment& a : one.assignments) {
        const std::optional<std::string> unknown = unknown_head(document, a.path, shorten(a.path));
        if (!unknown || !told.insert(a.path.place.to_string()).second) continue;
        diagnostics.error("M501", a.path.place, fmt::format("axis '{}': {}", axis.name, *unknown));
      }
    }
  }
  return told.empty();
}

Value apply_row(const Value& document, const Row& row, Diagnostics& diagnostics) {
  Value out = document;
  out.erase("matrix");
  const Value* seed = document.find("seed");
  out.set("seed", Value::make_integer(row.seed, seed ? seed->place : document.place));
  for (const Assignment& a : row.assignments) set(out, a.path, a.value, diagnostics);
  return out;
}

}  // namespace shoal::config
