#include "framework/report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace shoal::host {
namespace {

/// Code points: every byte that does not continue one.
std::size_t width(const std::string& s) {
  return static_cast<std::size_t>(
      std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string plain(double value) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const double size = std::abs(value);
  if (value == std::round(value) && size < 1e6) return fmt::format("{:.0f}", value);
  return size >= 1e5 || (size < 1e-3 && size > 0) ? fmt::format("{:.4e}", value) : fmt::format("{:.5g}", value);
}

}  // namespace

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

MeanSd mean_sd(const std::vector<double>& values) {
  if (values.empty()) return {};
  double mean = 0;
  for (const double v : values) mean += v;
  mean /= static_cast<double>(values.size());
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

std::string describe(const std::vector<double>& values) {
  if (values.empty()) return "–";
  const auto [mean, sd] = mean_sd(values);
  if (values.size() == 1 || sd == 0 || !std::isfinite(sd)) return plain(mean);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(sd))), 0, 12);
  return fmt::format("{:.{}f} ± {:.{}f}", mean, decimals, sd, decimals);
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
  std::vector<std::size_t> widths(lines[0].size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) row += line[i] + std::string(widths[i] - width(line[i]) + 3, ' ');
    out += row.erase(row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace shoal::host
