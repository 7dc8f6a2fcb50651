#include "framework/report/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/report/text_table.h"

namespace shoal::host {

std::vector<Setting> settings_of(const RunRecord& record) {
  std::vector<Setting> out;
  for (const RowRecord& row : record.rows) {
    auto found = std::find_if(out.begin(), out.end(), [&](const Setting& s) { return s.settings == row.settings; });
    if (found == out.end()) found = out.insert(out.end(), Setting{row.settings, {}, 0});
    found->rows.push_back(&row);
    found->done += row.status == RowStatus::done ? 1 : 0;
  }
  return out;
}

std::vector<std::string> headline_metrics(const RunRecord& record) {
  std::vector<std::string> names;
  bool any_reported = false;
  for (const RowRecord& row : record.rows)
    for (const Metric& metric : row.metrics) any_reported = any_reported || metric.reported;
  for (const RowRecord& row : record.rows)
    for (const Metric& metric : row.metrics)
      if ((metric.reported || !any_reported) && std::find(names.begin(), names.end(), metric.name) == names.end())
        names.push_back(metric.name);
  return names;
}

std::vector<double> values_of(const Setting& setting, const std::string& metric) {
  std::vector<double> out;
  for (const RowRecord* row : setting.rows)
    for (const Metric& m : row->metrics)
      if (row->status == RowStatus::done && m.name == metric) out.push_back(m.value);
  return out;
}

std::string summary_table(const RunRecord& record) {
  const auto metrics = headline_metrics(record);
  std::vector<std::vector<std::string>> lines = {record.axes};
  lines[0].emplace_back("done");
  lines[0].insert(lines[0].end(), metrics.begin(), metrics.end());
  lines[0].emplace_back("seconds");
  for (const Setting& setting : settings_of(record)) {
    std::vector<std::string> line;
    for (const std::string& axis : record.axes) {
      const auto found = std::find_if(setting.settings.begin(), setting.settings.end(),
                                      [&](const auto& s) { return s.first == axis; });
      line.push_back(found == setting.settings.end() ? "" : found->second);
    }
    line.push_back(fmt::format("{}/{}", setting.done, setting.rows.size()));
    for (const std::string& metric : metrics) line.push_back(describe(values_of(setting, metric)));
    double seconds = 0;
    for (const RowRecord* row : setting.rows) seconds += row->seconds;
    line.push_back(fmt::format("{:.1f}", seconds));
    lines.push_back(std::move(line));
  }
  return align_columns(lines, std::vector<bool>(lines[0].size(), false), 3);
}

}  // namespace shoal::host
