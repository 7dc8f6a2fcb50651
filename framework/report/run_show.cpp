#include "framework/report/run_show.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "framework/report/json_number.h"
#include "framework/report/node_lines.h"
#include "framework/report/numbers.h"
#include "framework/report/text_table.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

/// Files of the folder with their sizes; of folders in it, the sums.
std::vector<std::pair<std::string, std::uintmax_t>> files_of(const fs::path& folder) {
  std::vector<std::pair<std::string, std::uintmax_t>> out;
  std::error_code error;
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.insert(entry.path());
  for (const fs::path& path : paths) {
    std::uintmax_t size = 0;
    const bool below = fs::is_directory(path, error);
    if (!below) size = fs::file_size(path, error);
    else
      for (const auto& entry : fs::recursive_directory_iterator(path, error))
        if (std::error_code gone; entry.is_regular_file(gone)) size += entry.file_size(gone);
    out.emplace_back(path.filename().string() + (below ? "/" : ""), size);
  }
  return out;
}

std::string describe_size(std::uintmax_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (size < 1e3) return fmt::format("{} B", bytes);
  return size < 1e6 ? fmt::format("{:.1f} kB", size / 1e3) : fmt::format("{:.1f} MB", size / 1e6);
}

std::vector<std::string> metrics_of(const RunFile& run) {
  std::vector<std::string> out = run.report;
  for (const std::string& name : run.metrics)
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

std::string metrics_as_text(const RunFile& run) {
  std::string out;
  for (const ShownSetting& setting : settings_of(run)) {
    std::vector<std::string> seeds;
    std::size_t done = 0;
    for (const FileRow* row : setting.rows) done += row->done();
    out += fmt::format("\n{}  ({} of {} {} done)\n", describe(setting.settings), done, setting.rows.size(),
                       setting.rows.size() == 1 ? "row" : "rows");
    std::vector<std::vector<std::string>> lines;
    for (const std::string& metric : metrics_of(run))
      if (const auto values = setting.values(metric); !values.empty()) lines.push_back({metric, describe(values)});
    if (!lines.empty()) out += indent(align_columns(lines, {false, false}, 2));
    for (const FileRow* row : setting.rows)
      if (!row->done())
        out += fmt::format("  seed {} {}{}\n", row->seed, row->status, row->error.empty() ? "" : ": " + row->error);
  }
  return out;
}

}  // namespace

std::vector<double> ShownSetting::values(const std::string& metric) const {
  std::vector<double> out;
  for (const FileRow* row : rows)
    if (const auto found = row->metrics.find(metric);
        (row->done() || row->status == "at work") && found != row->metrics.end() && std::isfinite(found->second))
      out.push_back(found->second);
  return out;
}

std::vector<ShownSetting> settings_of(const RunFile& run) {
  std::vector<ShownSetting> out;
  for (const FileRow& row : run.rows) {
    auto found = std::find_if(out.begin(), out.end(),
                              [&](const ShownSetting& setting) { return setting.settings == row.settings; });
    if (found == out.end()) found = out.insert(out.end(), ShownSetting{row.settings, {}});
    found->rows.push_back(&row);
  }
  return out;
}

std::string describe(const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string out;
  for (const auto& [axis, label] : settings) out += fmt::format("{}{} {}", out.empty() ? "" : "  ", axis, label);
  return out.empty() ? "all rows" : out;
}

std::string label_of(const std::vector<std::pair<std::string, std::string>>& settings, const std::string& axis) {
  for (const auto& [name, label] : settings)
    if (name == axis) return label;
  return "";
}

std::string show_as_text(const RunFile& run) {
  std::string out = fmt::format("{}\n  {}\n  started {}\n", run.name, run.folder.string(), run.started);
  out += metrics_as_text(run);
  std::vector<std::vector<std::string>> nodes = {{"node", "component", "", "seconds"}};
  for (const NodeLine& line : node_lines_of(run))
    nodes.push_back({line.name, uses_of(line), line.statuses.empty() ? "–" : describe_statuses(line),
                     fmt::format("{:.3f}", line.seconds)});
  out += "\n" + align_columns(nodes, {false, false, false, true}, 2);
  const Circumstances& where = run.circumstances;
  if (!where.machine.empty())
    out += fmt::format("\nmade on  {}\n         {} {}, {} {}, {}\n", where.machine, where.program, where.build,
                       where.threads, where.threads == 1 ? "thread" : "threads", where.device);
  std::vector<std::vector<std::string>> files;
  for (const auto& [name, size] : files_of(run.folder)) files.push_back({name, describe_size(size)});
  return out + "\n" + align_columns(files, {false, true}, 2);
}

ordered_json show_as_json(const RunFile& run) {
  ordered_json out = {{"folder", run.folder.string()}, {"name", run.name}, {"started", run.started}};
  out["settings"] = ordered_json::array();
  for (const ShownSetting& setting : settings_of(run)) {
    ordered_json one = {
        {"settings", ordered_json::object()}, {"rows", ordered_json::array()}, {"metrics", ordered_json::object()}};
    for (const auto& [axis, label] : setting.settings) one["settings"][axis] = label;
    for (const FileRow* row : setting.rows) {
      ordered_json told = {{"seed", row->seed}, {"status", row->status}, {"seconds", json_number(row->seconds)}};
      if (!row->error.empty()) told["error"] = row->error;
      one["rows"].push_back(std::move(told));
    }
    for (const std::string& metric : metrics_of(run)) {
      const auto values = setting.values(metric);
      if (values.empty()) continue;
      const auto [mean, sd] = mean_sd(values);
      one["metrics"][metric] = {{"n", values.size()},
                                {"mean", json_number(mean)},
                                {"sd", values.size() < 2 ? ordered_json() : json_number(sd)}};
    }
    out["settings"].push_back(std::move(one));
  }
  out["nodes"] = ordered_json::array();
  for (const NodeLine& line : node_lines_of(run))
    out["nodes"].push_back(
        {{"node", line.name}, {"component", uses_of(line)}, {"statuses", line.statuses}, {"seconds", line.seconds}});
  const Circumstances& where = run.circumstances;
  out["made"] = {{"machine", where.machine},
                 {"program", where.program},
                 {"build", where.build},
                 {"threads", where.threads},
                 {"device", where.device}};
  out["files"] = ordered_json::object();
  for (const auto& [name, size] : files_of(run.folder)) out["files"][name] = size;
  return out;
}

}  // namespace shoal::host
