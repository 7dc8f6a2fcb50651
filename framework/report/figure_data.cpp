#include "framework/report/figure_data.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "framework/report/numbers.h"
#include "framework/report/page/chart.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 2000;  // of one line

std::string label_of(const RowRecord& row, const std::string& axis) {
  for (const auto& [name, label] : row.settings)
    if (name == axis) return label;
  return "";
}

/// The finite number that the whole of `text` says, if it does.
std::optional<double> find_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

/// Whether a scale has a place for it.
bool can_show(const std::string& scale, double value) { return std::isfinite(value) && (scale != "log" || value > 0); }

bool is_named(const ScalarPoint& point, const std::string& name) {
  return name.size() == point.node.size() + 1 + point.name.size() && name.starts_with(point.node) &&
         name.ends_with(point.name) && name[point.node.size()] == '.';
}

class Collector {
 public:
  Collector(const FigureRecord& figure, const FigureStyle& style, const RunRecord& record)
      : figure_(figure), style_(style), record_(record) {}

  FigureData run() {
    if (is_over_steps(figure_)) style_.bands ? add_step_bands() : add_steps();
    else if (style_.bands) add_axis_bands();
    else add_axis();
    return std::move(out_);
  }

 private:
  void add_names(const RowRecord& row, ordered_json& entry) const {
    if (!figure_.by.empty()) entry["by"] = label_of(row, figure_.by);
    if (!style_.facet.empty()) entry["facet"] = label_of(row, style_.facet);
  }

  /// The points of a series in each row.
  std::vector<std::vector<ScalarPoint>> lines_of(const std::string& y) const {
    std::vector<std::vector<ScalarPoint>> lines(record_.rows.size());
    for (const ScalarPoint& point : record_.scalars)
      if (is_named(point, y) && can_show(figure_.y_scale, point.value) &&
          can_show(style_.x_scale, static_cast<double>(point.step)))
        lines[point.row].push_back(point);
    return lines;
  }

  std::vector<std::size_t> keep(const std::vector<double>& values) {
    out_.thinned = out_.thinned || values.size() > kMostPoints;
    return thin_to_extremes(values, kMostPoints);
  }

  void add_steps() {
    for (const std::string& y : figure_.y) {
      const auto lines = lines_of(y);
      for (std::size_t row = 0; row < lines.size(); ++row) {
        std::vector<double> values;
        for (const ScalarPoint& point : lines[row]) values.push_back(point.value);
        for (const std::size_t i : keep(values)) {
          ordered_json entry = {{"x", lines[row][i].step}, {"y", values[i]}, {"what", y}, {"row", row}};
          add_names(record_.rows[row], entry);
          out_.values.push_back(std::move(entry));
        }
      }
    }
  }

  void add_band(const ordered_json& x, const std::vector<double>& values, const std::string& what,
                const RowRecord& row) {
    const MeanSd of = mean_sd(values);
    ordered_json entry = {
        {"x", x},      {"y", of.mean}, {"lo", of.mean - of.sd}, {"hi", of.mean + of.sd}, {"n", values.size()},
        {"what", what}};
    if (figure_.y_scale == "log" && of.mean - of.sd <= 0) entry["lo"] = *std::min_element(values.begin(), values.end());
    add_names(row, entry);
    out_.values.push_back(std::move(entry));
  }

  void add_step_bands() {
    for (const std::string& y : figure_.y) {
      const auto lines = lines_of(y);
      std::map<std::vector<std::pair<std::string, std::string>>, std::vector<std::size_t>> settings;
      for (std::size_t row = 0; row < lines.size(); ++row) settings[record_.rows[row].settings].push_back(row);
      for (const auto& [setting, rows] : settings) {
        std::map<std::int64_t, std::vector<double>> steps;
        for (const std::size_t row : rows)
          for (const ScalarPoint& point : lines[row]) steps[point.step].push_back(point.value);
        std::vector<double> means;
        std::vector<const std::pair<const std::int64_t, std::vector<double>>*> at;
        for (const auto& step : steps) means.push_back(mean_sd(step.second).mean), at.push_back(&step);
        for (const std::size_t i : keep(means)) {
          add_band(at[i]->first, at[i]->second, y, record_.rows[rows.front()]);
          out_.values.back()["row"] = rows.front();  // tells the lines apart
        }
      }
    }
  }

  /// Number or label of a row on the figure's axis.
  ordered_json x_of(const RowRecord& row) const {
    const std::string label = label_of(row, figure_.x);
    return out_.numeric ? ordered_json(*find_number(label)) : ordered_json(label);
  }

  bool has_place(const RowRecord& row) const {
    return !out_.numeric || style_.x_scale != "log" || *find_number(label_of(row, figure_.x)) > 0;
  }

  void find_out_whether_numeric() {
    out_.numeric = std::all_of(record_.rows.begin(), record_.rows.end(),
                               [&](const RowRecord& row) { return find_number(label_of(row, figure_.x)).has_value(); });
  }

  template <typename Take>
  void each_metric(const std::string& y, Take&& take) const {
    for (const RowRecord& row : record_.rows)
      for (const Metric& metric : row.metrics)
        if (metric.name == y && can_show(figure_.y_scale, metric.value) && has_place(row)) take(row, metric.value);
  }

  void add_axis() {
    if (!figure_.x.empty()) find_out_whether_numeric();
    for (const std::string& y : figure_.y)
      each_metric(y, [&](const RowRecord& row, double value) {
        ordered_json entry = {{"y", value}, {"what", y}, {"seed", row.seed}};
        if (!figure_.x.empty()) entry["x"] = x_of(row);
        add_names(row, entry);
        out_.values.push_back(std::move(entry));
      });
  }

  void add_axis_bands() {
    find_out_whether_numeric();
    for (const std::string& y : figure_.y) {
      std::map<std::tuple<std::string, std::string, std::string>, std::pair<const RowRecord*, std::vector<double>>>
          groups;
      std::vector<std::pair<const RowRecord*, std::vector<double>>*> order;  // as the rows stand
      each_metric(y, [&](const RowRecord& row, double value) {
        auto& group = groups[{label_of(row, figure_.x), label_of(row, figure_.by), label_of(row, style_.facet)}];
        if (group.first == nullptr) group.first = &row, order.push_back(&group);
        group.second.push_back(value);
      });
      for (const auto* group : order) add_band(x_of(*group->first), group->second, y, *group->first);
    }
  }

  const FigureRecord& figure_;
  const FigureStyle& style_;
  const RunRecord& record_;
  FigureData out_;
};

}  // namespace

FigureData figure_data(const FigureRecord& figure, const FigureStyle& style, const RunRecord& record) {
  return Collector(figure, style, record).run();
}

}  // namespace shoal::host
