#include "framework/report/results.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/report/escape.h"
#include "framework/report/json_number.h"
#include "framework/run/artifacts.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

ordered_json describe(const NodeTime& node) {
  ordered_json out = {{"node", node.node},
                      {"component", node.component},
                      {"status", node.status},
                      {"seconds", json_number(node.seconds)}};
  if (node.peak_rss_bytes > 0) out["peak_rss_bytes"] = node.peak_rss_bytes;
  for (const double seconds : node.fit_seconds) out["fit_seconds"].push_back(json_number(seconds));
  if (!node.data.sha256.empty())
    out["data"] = {{"sha256", node.data.sha256}, {"shape", node.data.shape}, {"dtype", node.data.dtype}};
  return out;
}

ordered_json describe(const RowRecord& row) {
  ordered_json out;
  out["settings"] = ordered_json::object();
  for (const auto& [axis, label] : row.settings) out["settings"][axis] = label;
  out["seed"] = row.seed;
  out["status"] = name(row.status);
  out["metrics"] = ordered_json::object();
  for (const Metric& metric : row.metrics) out["metrics"][metric.name] = json_number(metric.value);
  out["seconds"] = json_number(row.seconds);
  out["peak_rss_bytes"] = row.peak_rss_bytes;
  if (!row.error.empty()) out["error"] = row.error;
  out["nodes"] = ordered_json::array();
  for (const NodeTime& node : row.nodes) out["nodes"].push_back(describe(node));
  return out;
}

/// What was said of it.
ordered_json describe(const CompareRecord& compare) {
  ordered_json out = ordered_json::object();
  if (compare.no_baseline) out["baseline"] = "none";
  for (const auto& [axis, label] : compare.baseline) out["baseline"][axis] = label;
  if (!compare.metrics.empty()) out["metrics"] = compare.metrics;
  return out;
}

/// "higher" or "lower", of those metrics that say which is better.
ordered_json directions(const RunRecord& record) {
  ordered_json out = ordered_json::object();
  for (const RowRecord& row : record.rows)
    for (const Metric& metric : row.metrics)
      if (metric.better != 0) out[metric.name] = metric.better == SHOAL_HIGHER ? "higher" : "lower";
  return out;
}

/// Names of the metrics of all rows: those in `report:` first, else in the order of the plan.
std::vector<std::string> metric_names(const RunRecord& record) {
  std::vector<std::string> names;
  for (const bool reported : {true, false})
    for (const RowRecord& row : record.rows)
      for (const Metric& metric : row.metrics)
        if (metric.reported == reported && std::find(names.begin(), names.end(), metric.name) == names.end())
          names.push_back(metric.name);
  return names;
}

std::string cell(double value) { return std::isfinite(value) ? text("{}", value) : ""; }

std::string csv(const RunRecord& record) {
  const auto names = metric_names(record);
  std::string out;
  for (const std::string& axis : record.axes) out += escape_csv(axis) + ",";
  out += "seed,status";
  for (const std::string& name : names) out += "," + escape_csv(name);
  out += ",seconds,peak_rss_bytes\r\n";
  for (const RowRecord& row : record.rows) {
    for (const std::string& axis : record.axes) {
      const auto setting =
          std::find_if(row.settings.begin(), row.settings.end(), [&](const auto& s) { return s.first == axis; });
      out += (setting == row.settings.end() ? "" : escape_csv(setting->second)) + ",";
    }
    out += text("{},{}", row.seed, name(row.status));
    for (const std::string& wanted : names) {
      const auto metric =
          std::find_if(row.metrics.begin(), row.metrics.end(), [&](const Metric& m) { return m.name == wanted; });
      out += "," + (metric == row.metrics.end() ? "" : cell(metric->value));
    }
    out += text(",{},{}\r\n", cell(row.seconds), row.peak_rss_bytes);
  }
  return out;
}

}  // namespace

void write_results(const std::filesystem::path& folder, const RunRecord& record) {
  ordered_json out;
  out["name"] = record.name;
  if (!record.description.empty()) out["description"] = record.description;
  out["file"] = record.file;
  out["started"] = record.started;
  out["seconds"] = json_number(record.seconds);
  out["bench"] = record.bench;
  out["axes"] = record.axes;
  out["report"] = ordered_json::array();
  for (const std::string& name : metric_names(record))
    for (const RowRecord& row : record.rows)
      if (std::any_of(row.metrics.begin(), row.metrics.end(),
                      [&](const Metric& m) { return m.reported && m.name == name; })) {
        out["report"].push_back(name);
        break;
      }
  if (const ordered_json compare = describe(record.compare); !compare.empty()) out["compare"] = compare;
  out["better"] = directions(record);
  out["rows"] = ordered_json::array();
  for (const RowRecord& row : record.rows) out["rows"].push_back(describe(row));
  // What a component threw may be no text.
  write_atomically(folder / "results.json", out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
  write_atomically(folder / "results.csv", csv(record));
}

}  // namespace shoal::host
