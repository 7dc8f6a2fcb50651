#include "framework/report/run_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "framework/report/json_number.h"
#include "framework/report/numbers.h"
#include "framework/report/text_table.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

bool is_run(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "resolved.yaml", error) || fs::exists(folder / "results.json", error);
}

/// Folders in `folder`, by name, without links.
std::set<fs::path> folders_in(const fs::path& folder) {
  std::set<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!entry.is_symlink(error) && entry.is_directory(error)) out.insert(entry.path());
  return out;
}

ListedRun read(const fs::path& folder) {
  ListedRun out{.folder = folder};
  try {
    const RunFile run = read_run(folder);
    out.name = run.name;
    out.started = run.started;
    out.rows = run.rows.size();
    out.metric = run.report.empty() ? "" : run.report[0];
    for (const FileRow& row : run.rows) {
      out.done += row.done();
      out.failed += row.status == "failed";
      if (std::isfinite(row.seconds)) out.seconds += row.seconds;
      const auto value = row.metrics.find(out.metric);
      if (row.done() && value != row.metrics.end() && std::isfinite(value->second)) out.values.push_back(value->second);
    }
  } catch (const std::runtime_error& error) {
    out.problem = error.what();
  }
  return out;
}

}  // namespace

std::vector<ListedRun> list_runs(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw std::runtime_error(fmt::format("there is no folder {}", folder.string()));
  std::vector<ListedRun> out;
  if (is_run(folder)) out.push_back(read(folder));
  for (const fs::path& child : folders_in(folder)) {
    if (is_run(child)) {
      out.push_back(read(child));
      continue;
    }
    for (const fs::path& run : folders_in(child))
      if (is_run(run)) out.push_back(read(run));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const ListedRun& a, const ListedRun& b) { return a.started < b.started; });
  return out;
}

std::string runs_as_text(const std::vector<ListedRun>& runs) {
  if (runs.empty()) return "no runs\n";
  std::vector<std::vector<std::string>> lines = {{"run", "started", "rows", "seconds", "metric", ""}};
  std::string problems;
  for (const ListedRun& run : runs) {
    if (!run.problem.empty()) {
      problems += fmt::format("cannot be read: {}\n", run.problem);
      continue;
    }
    std::string rows = fmt::format("{}/{} done", run.done, run.rows);
    if (run.failed > 0) rows += fmt::format(", {} failed", run.failed);
    lines.push_back({run.folder.string(), run.started, rows, fmt::format("{:.1f}", run.seconds), run.metric,
                     run.metric.empty() ? "" : describe(run.values)});
  }
  const std::string table = lines.size() == 1 ? "" : align_columns(lines, {false, false, false, true, false, false}, 2);
  return table + problems;
}

ordered_json runs_as_json(const std::vector<ListedRun>& runs) {
  ordered_json out = ordered_json::array();
  for (const ListedRun& run : runs) {
    if (!run.problem.empty()) {
      out.push_back({{"folder", run.folder.string()}, {"problem", run.problem}});
      continue;
    }
    ordered_json one = {{"folder", run.folder.string()},
                        {"name", run.name},
                        {"started", run.started},
                        {"rows", run.rows},
                        {"done", run.done},
                        {"failed", run.failed},
                        {"seconds", run.seconds}};
    if (!run.metric.empty()) {
      const auto [mean, sd] = mean_sd(run.values);
      one["metric"] = {{"name", run.metric},
                       {"n", run.values.size()},
                       {"mean", run.values.empty() ? ordered_json() : json_number(mean)},
                       {"sd", run.values.size() < 2 ? ordered_json() : json_number(sd)}};
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace shoal::host
