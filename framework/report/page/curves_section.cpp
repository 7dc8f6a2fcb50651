#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "framework/report/numbers.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostCharts = 24;
constexpr std::size_t kMostLines = 200;  // of one chart

/// A setting's mean over its seeds at a step.
struct CurvePoint {
  std::int64_t step = 0;
  double mean = 0, sd = 0;
  std::size_t seeds = 0;
};

struct Curve {
  std::string label = {};
  std::vector<CurvePoint> points = {};
};

/// The finite values of some rows by step.
std::vector<CurvePoint> curve_of(const ScalarSeries& series, const std::vector<std::size_t>& rows) {
  std::vector<SeriesPoint> all;
  for (const std::size_t row : rows)
    for (const SeriesPoint& point : series.rows[row])
      if (std::isfinite(point.value)) all.push_back(point);
  std::stable_sort(all.begin(), all.end(), [](const SeriesPoint& a, const SeriesPoint& b) { return a.step < b.step; });
  std::vector<CurvePoint> out;
  std::vector<double> values;
  for (std::size_t i = 0; i < all.size(); ++i) {
    values.push_back(all[i].value);
    if (i + 1 < all.size() && all[i + 1].step == all[i].step) continue;
    const MeanSd of = mean_sd(values);
    out.push_back({all[i].step, of.mean, of.sd, values.size()});
    values.clear();
  }
  return out;
}

/// Rows of each setting, with its name.
std::vector<std::pair<std::string, std::vector<std::size_t>>> rows_by_setting(const RunFile& run) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> out;
  for (const ShownSetting& setting : settings_of(run)) {
    out.push_back({describe(setting.settings), {}});
    for (const FileRow* row : setting.rows)
      out.back().second.push_back(static_cast<std::size_t>(row - run.rows.data()));
  }
  return out;
}

PlainTable summarise(const std::vector<Curve>& curves) {
  PlainTable out{.head = {"setting", "steps", "first", "last", "least", "largest"}};
  for (const Curve& curve : curves) {
    const auto [least, largest] = std::minmax_element(curve.points.begin(), curve.points.end(),
                                                      [](const auto& a, const auto& b) { return a.mean < b.mean; });
    out.lines.push_back({curve.label, std::to_string(curve.points.size()), short_number(curve.points.front().mean),
                         short_number(curve.points.back().mean), short_number(least->mean),
                         short_number(largest->mean)});
  }
  return out;
}

ordered_json line_layers(const ordered_json& colour, bool band) {
  const ordered_json x = {
      {"field", "x"},
      {"type", "quantitative"},
      {"title", "step"},
      {"axis",
       {{"tickMinStep", 1}, {"grid", false}, {"labelExpr", "datum.value % 1 ? '' : format(datum.value, ',d')"}}}};
  const ordered_json y = {{"field", "y"}, {"type", "quantitative"}, {"title", nullptr}, {"scale", {{"zero", false}}}};
  ordered_json out = ordered_json::array();
  if (band) {
    ordered_json low = y;
    low["field"] = "lo";
    out.push_back({{"name", "band"},
                   {"mark", {{"type", "area"}, {"opacity", 0.2}}},
                   {"encoding", {{"x", x}, {"y", low}, {"y2", {{"field", "hi"}}}, {"color", colour}}}});
  }
  out.push_back(
      {{"name", "lines"},
       {"mark", {{"type", "line"}, {"strokeWidth", 1.6}}},
       {"params", ordered_json::array({{{"name", "zoom"},
                                        {"select", {{"type", "interval"}, {"zoom", "wheel![event.shiftKey]"}}},
                                        {"bind", "scales"}}})},
       {"encoding", {{"x", x}, {"y", y}, {"color", colour}}}});
  ordered_json told =
      ordered_json::array({{{"field", "x"}, {"type", "quantitative"}, {"title", "step"}},
                           {{"field", "y"}, {"type", "quantitative"}, {"title", "value"}, {"format", ".6~g"}}});
  if (band) told.push_back({{"field", "sd"}, {"type", "quantitative"}, {"title", "± sd"}, {"format", ".3~g"}});
  told.push_back({{"field", "label"}, {"type", "nominal"}, {"title", "setting"}});
  out.push_back(
      {{"name", "hover"},
       {"mark", {{"type", "point"}, {"filled", true}, {"size", 40}}},
       {"params",
        ordered_json::array(
            {{{"name", "near"},
              {"select", {{"type", "point"}, {"nearest", true}, {"on", "pointerover"}, {"clear", "pointerout"}}}}})},
       {"encoding",
        {{"x", x},
         {"y", y},
         {"color", colour},
         {"tooltip", told},
         {"opacity", {{"condition", {{"param", "near"}, {"empty", false}, {"value", 1}}}, {"value", 0}}}}}});
  return out;
}

Chart chart_of(const std::string& title, const std::vector<Curve>& curves, std::size_t share) {
  const std::size_t each = std::clamp(share / curves.size(), std::size_t{12}, kLinePoints);
  std::string csv = "x,y,lo,hi,sd,s\n";
  std::size_t thinned = 0, all = 0;
  bool band = false;
  std::vector<std::string> labels;
  for (std::size_t s = 0; s < curves.size(); ++s) {
    labels.push_back(curves[s].label);
    std::vector<double> means;
    for (const CurvePoint& point : curves[s].points) means.push_back(point.mean);
    const std::vector<std::size_t> kept = thin_to_extremes(means, each);
    all += means.size();
    thinned += means.size() - kept.size();
    for (const std::size_t i : kept) {
      const CurvePoint& point = curves[s].points[i];
      band = band || point.seeds > 1;
      csv += fmt::format("{},{:.6g},{:.6g},{:.6g},{:.3g},{}\n", point.step, point.mean, point.mean - point.sd,
                         point.mean + point.sd, point.sd, s);
    }
  }
  Chart out{.title = title};
  out.specification = begin_specification(csv, {"x", "y", "lo", "hi", "sd"});
  const ordered_json colour = colours_of(labels, "", out.specification);
  out.specification["layer"] = line_layers(colour, band);
  out.summary = fmt::format("{} over steps, {}; the numbers are in the table below", title,
                            counted(curves.size(), "setting", "settings"));
  if (thinned > 0)
    out.caption += fmt::format("{} of {} points: of each stretch the least and the largest.", all - thinned, all);
  if (curves.size() > 10)
    out.caption +=
        (out.caption.empty() ? "" : " ") + std::string("Which colour is which setting shows under the pointer.");
  out.numbers = summarise(curves);
  return out;
}

}  // namespace

void add_curves(PageWriter& page, const RunData& run) {
  const auto settings = rows_by_setting(run.file);
  std::vector<std::pair<const ScalarSeries*, std::vector<Curve>>> drawn;
  std::vector<std::string> short_ones, more;
  for (const ScalarSeries& series : run.series) {
    std::vector<Curve> curves;
    std::size_t longest = 0, beyond = 0;
    for (const auto& [label, rows] : settings) {
      if (drawn.size() >= kMostCharts) break;
      Curve curve{label, curve_of(series, rows)};
      longest = std::max(longest, curve.points.size());
      if (curve.points.empty()) continue;
      if (curves.size() < kMostLines) curves.push_back(std::move(curve));
      else ++beyond;
    }
    if (drawn.size() >= kMostCharts) more.push_back(series.node + "." + series.name);
    else if (longest < 2) short_ones.push_back(series.node + "." + series.name);
    else drawn.push_back({&series, std::move(curves)});
    if (beyond > 0)
      page.leave_out(fmt::format("Curves of {} settings of {}.{}", beyond, series.node, series.name),
                     fmt::format("a chart shows {} lines", kMostLines));
  }
  const auto list = [](const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < 40; ++i) out += (i == 0 ? "" : ", ") + names[i];
    return names.size() > 40 ? out + ", …" : out;
  };
  if (!short_ones.empty()) page.leave_out("Curves of series of one step", list(short_ones));
  if (!more.empty())
    page.leave_out("Curves of " + counted(more.size(), "series", "series") + " more",
                   fmt::format("the page shows {}; metrics.jsonl has: {}", kMostCharts, list(more)));
  if (drawn.empty()) return page.leave_out("Curves", "no node reported a series of numbers");

  page.begin_section("curves", "Curves");
  page.html().element("p", {{"class", "note script-only"}},
                      "Point at a line for its numbers; drag moves, shift and wheel zoom, a double click resets.");
  if (run.file.rows.size() > settings.size())
    page.html().element("p", {{"class", "note"}},
                        "Lines: mean over the seeds of a setting; bands: ± one standard deviation.");
  const std::size_t share = std::min<std::size_t>(kChartPoints / drawn.size(), 8 * kLinePoints);
  std::string node;
  for (const auto& [series, curves] : drawn) {
    if (series->node != node) {
      if (!node.empty()) page.html().close(), page.end_section();
      node = series->node;
      page.begin_section("curves-" + node, node, false);
      page.html().open("div", {{"class", "charts"}});
    }
    page.add_chart(chart_of(series->name, curves, share));
  }
  page.html().close();
  page.end_section();
  page.end_section();
}

}  // namespace shoal::host
