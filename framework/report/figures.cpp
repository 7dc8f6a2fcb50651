#include "framework/report/figures.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "framework/report/vega_to_svg.h"
#include "framework/run/artifacts.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 2000;  // of one line

bool over_steps(const FigureRecord& figure) { return figure.x == "step" || figure.x == "epoch"; }

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

/// Whether the figure's scale has a place for it.
bool can_show(const FigureRecord& figure, double value) {
  return std::isfinite(value) && (figure.y_scale != "log" || value > 0);
}

/// The least and the largest of each stretch, in their order, so that peaks stay.
std::vector<ScalarPoint> thin(std::vector<ScalarPoint> points) {
  if (points.size() <= kMostPoints) return points;
  std::vector<ScalarPoint> out;
  const std::size_t stretches = kMostPoints / 2;
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto from = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / stretches);
    const auto to = points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / stretches);
    auto [least, most] = std::minmax_element(from, to, [](const auto& a, const auto& b) { return a.value < b.value; });
    if (most < least) std::swap(least, most);
    out.push_back(*least);
    if (most != least) out.push_back(*most);
  }
  return out;
}

ordered_json step_data(const FigureRecord& figure, const RunRecord& record, bool& thinned) {
  ordered_json data = ordered_json::array();
  for (const std::string& y : figure.y) {
    std::vector<std::vector<ScalarPoint>> lines(record.rows.size());
    for (const ScalarPoint& point : record.scalars)
      if (can_show(figure, point.value) && y.size() == point.node.size() + 1 + point.name.size() &&
          y.starts_with(point.node) && y.ends_with(point.name))
        lines[point.row].push_back(point);
    for (std::size_t row = 0; row < lines.size(); ++row) {
      thinned = thinned || lines[row].size() > kMostPoints;
      for (const ScalarPoint& point : thin(std::move(lines[row]))) {
        ordered_json entry = {{"x", point.step}, {"y", point.value}, {"what", y}, {"row", row}};
        if (!figure.by.empty()) entry["by"] = label_of(record.rows[row], figure.by);
        data.push_back(std::move(entry));
      }
    }
  }
  return data;
}

ordered_json axis_data(const FigureRecord& figure, const RunRecord& record, bool& numeric) {
  ordered_json data = ordered_json::array();
  numeric = std::all_of(record.rows.begin(), record.rows.end(),
                        [&](const RowRecord& row) { return find_number(label_of(row, figure.x)).has_value(); });
  for (const std::string& y : figure.y)
    for (const RowRecord& row : record.rows)
      for (const Metric& metric : row.metrics) {
        if (metric.name != y || !can_show(figure, metric.value)) continue;
        const std::string label = label_of(row, figure.x);
        ordered_json entry = {{"y", metric.value}, {"what", y}, {"seed", row.seed}};
        if (numeric) entry["x"] = *find_number(label);
        else entry["x"] = label;
        if (!figure.by.empty()) entry["by"] = label_of(row, figure.by);
        data.push_back(std::move(entry));
      }
  return data;
}

/// What the colours tell apart: the cases of `by`, or else the quantities.
ordered_json colour(const FigureRecord& figure) {
  if (!figure.by.empty()) return {{"field", "by"}, {"type", "nominal"}, {"title", figure.by}};
  if (figure.y.size() > 1) return {{"field", "what"}, {"type", "nominal"}, {"title", nullptr}};
  return nullptr;
}

}  // namespace

std::string vega_lite(const FigureRecord& figure, const RunRecord& record) {
  bool thinned = false, numeric = true;
  ordered_json spec;
  spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json";
  spec["title"] = figure.title.empty() ? figure.name : figure.title;
  const bool steps = over_steps(figure);
  ordered_json data = steps ? step_data(figure, record, thinned) : axis_data(figure, record, numeric);
  spec["description"] = text("{}: {} of {}{}", record.name, steps ? "series" : "values", figure.x,
                             thinned ? ", thinned to the least and largest value of each stretch" : "");
  spec["data"]["values"] = std::move(data);
  spec["width"] = 480;
  spec["height"] = 300;
  const std::string y_title = figure.y.size() == 1 ? figure.y[0] : "value";
  ordered_json x = {{"field", "x"}, {"type", numeric ? "quantitative" : "ordinal"}, {"title", figure.x}};
  if (numeric && steps) x["axis"] = {{"tickMinStep", 1}};
  ordered_json y = {{"field", "y"}, {"type", "quantitative"}, {"title", y_title}, {"scale", {{"zero", false}}}};
  if (figure.y_scale == "log") y["scale"] = {{"type", "log"}};
  ordered_json encoding = {{"x", x}, {"y", y}};
  if (const ordered_json c = colour(figure); !c.is_null()) encoding["color"] = c;
  if (steps) {
    encoding["detail"] = ordered_json::array({{{"field", "row"}}, {{"field", "what"}}});
    spec["mark"] = {{"type", "line"}, {"strokeWidth", 1.2}, {"opacity", record.rows.size() > 1 ? 0.7 : 1.0}};
    spec["encoding"] = std::move(encoding);
  } else {
    encoding["detail"] = {{"field", "what"}};  // one line a quantity, whatever the colours say
    ordered_json mean = encoding;
    mean["y"]["aggregate"] = "mean";
    spec["layer"] =
        ordered_json::array({{{"mark", {{"type", "line"}}}, {"encoding", mean}},
                             {{"mark", {{"type", "point"}, {"filled", true}, {"size", 30}}}, {"encoding", encoding}}});
  }
  return spec.dump(1);
}

std::vector<std::string> write_figures(const std::filesystem::path& folder, const RunRecord& record) {
  std::vector<std::filesystem::path> files;
  for (const FigureRecord& figure : record.figures) {
    files.push_back(folder / (figure.name + ".vl.json"));
    write_atomically(files.back(), vega_lite(figure, record) + "\n");
  }
  if (files.empty()) return {};
  return vega_to_svg(files);
}

}  // namespace shoal::host
