#include "framework/report/comparison_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "framework/report/numbers.h"
#include "framework/report/quantity.h"
#include "framework/report/ranks.h"
#include "framework/run/median.h"

namespace shoal::host {
namespace {

/// With the sign that typesetters use, also for what is above 0.
std::string with_sign(double value, int decimals) {
  return fmt::format("{}{:.{}f}", value < 0 ? "−" : "+", std::abs(value), decimals);
}

/// Two digits of the interval's half width, as many of the rest; at most six.
int decimals_of(const Paired& paired) {
  const double width = std::isfinite(paired.low) ? (paired.high - paired.low) / 2 : 0;
  const double size = width > 0 ? width : std::abs(paired.mean);
  return size > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(size))), 0, 6) : 0;
}

bool all_equal(const Paired& paired) { return paired.mean == 0 && !(paired.high > paired.low); }

std::string difference(const Paired& paired) {
  if (all_equal(paired)) return "0";
  const int decimals = decimals_of(paired);
  std::string out = with_sign(paired.mean, decimals);
  if (std::isfinite(paired.low))
    out += fmt::format(" [{}, {}]", with_sign(paired.low, decimals), with_sign(paired.high, decimals));
  return out;
}

std::string verdict(const Paired& paired, int better, double practical) {
  if (all_equal(paired)) return "=";
  if (paired.pairs < kEnoughPairs) return "?";
  const bool clear = (paired.low > 0 || paired.high < 0) && std::abs(paired.mean) > practical;
  if (!clear) return "≈";
  if (better == 0) return paired.mean > 0 ? "more" : "less";
  return (paired.mean > 0) == (better > 0) ? "better" : "worse";
}

/// Three digits, never as a power.
std::string three_digits(double seconds) {
  const int decimals = seconds > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(seconds))), 0, 5) : 0;
  return fmt::format("{:.{}f}", seconds, decimals);
}

std::string times_text(const Times& times) {
  if (times.seconds.empty()) return "–";
  const std::string middle = three_digits(median(times.seconds));
  if (times.seconds.size() == 1) return middle;
  const auto [least, largest] = std::minmax_element(times.seconds.begin(), times.seconds.end());
  return fmt::format("{} [{}–{}]", middle, three_digits(*least), three_digits(*largest));
}

std::string ratio_text(const ComparedSetting& setting, const Times& times) {
  if (setting.is_baseline) return "1";
  if (!times.ratio) return "–";
  return *times.ratio < 1000 ? fmt::format("{:.3g}", *times.ratio) : fmt::format("{:.0f}", *times.ratio);
}

const char* arrow(int better) { return better > 0 ? " ↑" : better < 0 ? " ↓" : ""; }

/// Adds a column, its cells by `cell(setting)`.
template <typename Cell>
void add_column(Table& table, const Comparison& comparison, std::string head, bool numeric, Cell&& cell) {
  table.head.push_back(std::move(head));
  table.numeric.push_back(numeric);
  table.lines.resize(comparison.settings.size());
  for (std::size_t i = 0; i < comparison.settings.size(); ++i) table.lines[i].push_back(cell(comparison.settings[i]));
}

void add_metric(Table& table, const Comparison& comparison, std::size_t m, bool judged, double practical) {
  add_column(table, comparison, comparison.metrics[m] + arrow(comparison.better[m]), true,
             [&](const ComparedSetting& s) { return describe(s.metrics[m].values); });
  if (!judged || comparison.baseline.empty() || comparison.settings.size() < 2) return;
  add_column(table, comparison, "Δ to " + comparison.baseline, true, [&](const ComparedSetting& s) {
    if (s.is_baseline) return std::string("baseline");
    return s.metrics[m].against ? difference(*s.metrics[m].against) : std::string("–");
  });
  add_column(table, comparison, "", false, [&](const ComparedSetting& s) {
    return s.metrics[m].against ? verdict(*s.metrics[m].against, comparison.better[m], practical) : std::string();
  });
  const bool tested = std::any_of(
      comparison.settings.begin(), comparison.settings.end(),
      [&](const ComparedSetting& s) { return s.metrics[m].against && s.metrics[m].against->pairs >= kEnoughPairs; });
  if (tested)
    add_column(table, comparison, "p (Holm)", true, [&](const ComparedSetting& s) {
      return s.metrics[m].against ? fmt::format("{:.2g}", s.metrics[m].adjusted_p) : std::string();
    });
  if (comparison.better[m] != 0)
    add_column(table, comparison, "W–T–L", false, [&](const ComparedSetting& s) {
      const auto& a = s.metrics[m].against;
      return a ? fmt::format("{}–{}–{}", a->wins, a->ties, a->losses) : std::string();
    });
}

/// The judged metric with the labels of one column side by side.
class Pivot {
 public:
  Pivot(const Comparison& comparison, std::size_t column) : comparison_(comparison), column_(column) {
    for (const ComparedSetting& setting : comparison.settings) {
      const std::vector<std::string> rest = rest_of(setting);
      const std::string& label = setting.labels[column];
      if (std::find(across_.begin(), across_.end(), label) == across_.end()) across_.push_back(label);
      if (std::find(down_.begin(), down_.end(), rest) == down_.end()) down_.push_back(rest);
      if (setting.is_baseline && !baseline_) baseline_ = rest;
      if (!setting.metrics.empty()) cells_[rest][label] = setting.metrics[0].values;
    }
  }

  Table table() {
    Table out;
    for (std::size_t c = 0; c < comparison_.columns.size(); ++c)
      if (c != column_) out.head.push_back(comparison_.columns[c]);
    out.numeric.assign(out.head.size(), false);
    for (const std::string& label : across_) out.head.push_back(comparison_.columns[column_] + " " + label);
    out.numeric.resize(out.head.size(), true);
    for (const auto& rest : down_) {
      out.lines.push_back(rest);
      for (const std::string& label : across_) out.lines.back().push_back(describe(cells_[rest][label]));
    }
    add_ranks(out);
    return out;
  }

 private:
  std::vector<std::string> rest_of(const ComparedSetting& setting) const {
    std::vector<std::string> out = setting.labels;
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(column_));
    return out;
  }

  void add_ranks(Table& out) {
    const int better = comparison_.better.empty() ? 0 : comparison_.better[0];
    if (better == 0 || down_.size() < 2 || across_.size() < 2) return;
    std::vector<std::vector<double>> values;  // of each label, of each line
    for (const std::string& label : across_) {
      values.emplace_back();
      for (const auto& rest : down_) {
        if (cells_[rest][label].empty()) return;
        values.back().push_back(mean_sd(cells_[rest][label]).mean);
      }
    }
    const Ranks ranks = rank_methods(values, better);
    out.head.push_back("mean rank");
    out.numeric.push_back(true);
    for (std::size_t m = 0; m < down_.size(); ++m) out.lines[m].push_back(fmt::format("{:.2f}", ranks.mean[m]));
    if (across_.size() < kEnoughDatasets) return;
    out.remarks.push_back(
        {"Friedman", fmt::format("that all {} lines are alike over {} labels of '{}': p = {:.2g}", down_.size(),
                                 across_.size(), comparison_.columns[column_], ranks.friedman_p)});
    add_tests(values, out);
  }

  void add_tests(const std::vector<std::vector<double>>& values, Table& out) const {
    const auto found = std::find(down_.begin(), down_.end(), baseline_.value_or(std::vector<std::string>{}));
    if (!baseline_ || found == down_.end()) return;
    const auto baseline = static_cast<std::size_t>(found - down_.begin());
    std::vector<double> p;
    for (std::size_t m = 0; m < down_.size(); ++m) {
      if (m == baseline) continue;
      std::vector<double> differences;
      for (const auto& of_label : values) differences.push_back(of_label[m] - of_label[baseline]);
      p.push_back(wilcoxon_p(differences));
    }
    const std::vector<double> adjusted = holm(p);
    out.head.push_back("p (Wilcoxon, Holm)");
    out.numeric.push_back(true);
    for (std::size_t m = 0, next = 0; m < down_.size(); ++m)
      out.lines[m].push_back(m == baseline ? "baseline" : fmt::format("{:.2g}", adjusted[next++]));
  }

  const Comparison& comparison_;
  std::size_t column_;
  std::vector<std::string> across_;
  std::vector<std::vector<std::string>> down_;
  std::optional<std::vector<std::string>> baseline_;
  std::map<std::vector<std::string>, std::map<std::string, std::vector<double>>> cells_;
};

}  // namespace

Table table_of(const Comparison& comparison, double practical, bool all_differences) {
  Table out;
  for (std::size_t c = 0; c < comparison.columns.size(); ++c)
    add_column(out, comparison, comparison.columns[c], false,
               [&](const ComparedSetting& s) { return s.labels[c].empty() ? "–" : s.labels[c]; });
  add_column(out, comparison, "n", true,
             [](const ComparedSetting& s) { return fmt::format("{}/{}", s.done, s.planned); });
  for (std::size_t m = 0; m < comparison.metrics.size(); ++m)
    add_metric(out, comparison, m, m == 0 || all_differences, m == 0 ? practical : 0);
  for (std::size_t t = 0; t < comparison.timed.size(); ++t) {
    add_column(out, comparison, comparison.timed[t] + " fit s ↓", true,
               [&](const ComparedSetting& s) { return times_text(s.times[t]); });
    if (!comparison.baseline.empty() && comparison.settings.size() > 1)
      add_column(out, comparison, "×", true, [&](const ComparedSetting& s) { return ratio_text(s, s.times[t]); });
  }
  if (comparison.timed.empty())
    add_column(out, comparison, "seconds", true, [](const ComparedSetting& s) {
      std::vector<double> seconds;
      for (const FileRow* row : s.rows)
        if (row->done()) seconds.push_back(row->seconds);
      return seconds.empty() ? std::string("–") : three_digits(median(seconds));
    });
  add_column(out, comparison, "peak", true, [](const ComparedSetting& s) { return bytes_text(s.peak_rss_bytes); });
  return out;
}

Table pivot_of(const Comparison& comparison, const std::string& column) {
  const auto found = std::find(comparison.columns.begin(), comparison.columns.end(), column);
  if (found == comparison.columns.end()) {
    std::string there;
    for (const std::string& name : comparison.columns) there += (there.empty() ? "" : ", ") + name;
    throw std::runtime_error(
        fmt::format("'{}' is no column that differs; there are {}", column, there.empty() ? "none" : there));
  }
  return Pivot(comparison, static_cast<std::size_t>(found - comparison.columns.begin())).table();
}

std::string heading_of(const Comparison& comparison) {
  std::set<std::string> machines, threads, data;
  for (const ComparedSetting& setting : comparison.settings) {
    for (const RunFile* run : setting.runs) {
      machines.insert(run->circumstances.machine);
      threads.insert(
          fmt::format("{} thread{}", run->circumstances.threads, run->circumstances.threads == 1 ? "" : "s"));
    }
    for (const FileRow* row : setting.rows)
      for (const FileNode& node : row->nodes)
        if (!node.data.empty()) data.insert(node.data);
  }
  std::vector<std::string> parts;
  std::string names;
  for (const std::string& name : comparison.names) names += (names.empty() ? "" : ", ") + name;
  parts.push_back(names);
  std::string differ;
  for (const std::string& column : comparison.columns) differ += (differ.empty() ? "differ: " : ", ") + column;
  if (!differ.empty()) parts.push_back(differ);
  for (const auto& [axis, label] : comparison.equal)
    if (!label.empty()) parts.push_back(axis + " " + label);
  if (data.size() == 1) parts.push_back("data " + *data.begin());
  if (data.size() > 1) parts.push_back(fmt::format("{} sets of data", data.size()));
  parts.push_back(threads.size() == 1 ? *threads.begin() : "different threads");
  parts.push_back(machines.size() == 1 ? "one machine" : fmt::format("{} machines", machines.size()));
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : " · ") + part;
  return out;
}

}  // namespace shoal::host
