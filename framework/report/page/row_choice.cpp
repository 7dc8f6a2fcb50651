#include "framework/report/page/row_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "framework/report/page/data_behind.h"

namespace shoal::host {
namespace {

/// The first reported metric with a direction; "" where there is none.
std::string judged_metric(const RunFile& run) {
  for (const std::string& name : run.report)
    if (const auto better = run.better.find(name); better != run.better.end() && better->second != 0) return name;
  return "";
}

/// How good a row is by that metric: higher is better, whatever the metric says.
double merit(const RunFile& run, const FileRow& row, const std::string& metric) {
  const auto value = row.metrics.find(metric);
  if (value == row.metrics.end() || std::isnan(value->second)) return -std::numeric_limits<double>::infinity();
  return run.better.at(metric) * value->second;
}

std::optional<std::size_t> best_row(const RunFile& run, const std::vector<std::string>& results) {
  const std::string metric = judged_metric(run);
  std::optional<std::size_t> out;
  for (std::size_t row = 0; row < results.size(); ++row) {
    if (results[row].empty()) continue;
    if (!out || (!metric.empty() && merit(run, run.rows[row], metric) > merit(run, run.rows[*out], metric))) out = row;
  }
  return out;
}

}  // namespace

RowChoice choose_rows(const RunFile& run, std::optional<std::size_t> wanted,
                      const std::function<std::string(std::size_t)>& result) {
  std::vector<std::string> results;
  for (std::size_t row = 0; row < run.rows.size(); ++row) results.push_back(result(row));
  RowChoice out{.open = wanted ? wanted : best_row(run, results)};
  if (out.open && results.at(*out.open).empty()) out.open.reset();

  std::set<std::string> seen;
  std::set<std::vector<std::pair<std::string, std::string>>> settings;
  if (out.open) seen.insert(results[*out.open]), settings.insert(run.rows[*out.open].settings);
  std::vector<std::size_t> others;
  for (std::size_t row = 0; row < results.size(); ++row) {
    if (!results[row].empty()) ++out.rows;
    if (results[row].empty() || seen.contains(results[row])) continue;
    if (!settings.insert(run.rows[row].settings).second) {
      others.push_back(row);
      continue;
    }
    seen.insert(results[row]);
    out.folded.push_back(row);
  }
  for (const std::size_t row : others)
    if (seen.insert(results[row]).second) out.folded.push_back(row);
  out.different = seen.size();
  return out;
}

std::string describe_open(const RunFile& run, const RowChoice& choice) {
  if (choice.different == 1 && choice.rows > 1 && choice.rows == run.rows.size()) return "The same in all rows.";
  return row_text(run.rows.at(*choice.open), *choice.open) + ".";
}

std::string how_chosen(const RunFile& run, std::optional<std::size_t> wanted) {
  if (run.rows.size() < 2) return "";
  const std::string metric = judged_metric(run);
  const std::string open = wanted           ? fmt::format("row {}", *wanted + 1)
                           : metric.empty() ? "the first row that has it"
                                            : "the row with the best " + metric;
  return fmt::format("Open is {}; others are folded below it, one of each setting first.", open);
}

std::string what_is_not_shown(const RowChoice& choice, std::size_t shown) {
  if (shown >= choice.folded.size()) return "";
  const std::size_t next = choice.folded[shown] + 1;
  return fmt::format("{} of {} are shown; `shoal report RUN --row {}` opens row {}.", shown + (choice.open ? 1 : 0),
                     choice.different, next, next);
}

}  // namespace shoal::host
