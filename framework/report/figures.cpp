#include "framework/report/figures.h"

#include <nlohmann/json.hpp>

#include "framework/report/figure_data.h"
#include "framework/report/page/chart.h"
#include "framework/report/vega_to_svg.h"
#include "framework/run/artifacts.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

/// What the colours tell apart: the cases of `by`, or else the quantities.
ordered_json colour(const FigureRecord& figure) {
  if (!figure.by.empty()) return {{"field", "by"}, {"type", "nominal"}, {"title", figure.by}};
  if (figure.y.size() > 1) return {{"field", "what"}, {"type", "nominal"}, {"title", nullptr}};
  return nullptr;
}

/// Where x, y and the colours go, of all marks but histograms and heat maps.
ordered_json encoding_of(const FigureRecord& figure, const FigureStyle& style, const FigureData& data) {
  const bool bar = style.mark == "bar";
  ordered_json x = {{"field", "x"}, {"type", data.numeric && !bar ? "quantitative" : "ordinal"}, {"title", figure.x}};
  if (data.numeric && is_over_steps(figure)) x["axis"] = {{"tickMinStep", 1}};
  if (data.numeric && style.x_scale == "log" && !bar) x["scale"] = {{"type", "log"}};
  if (!data.numeric) x["sort"] = nullptr;  // as the axis has them
  ordered_json y = {{"field", "y"},
                    {"type", "quantitative"},
                    {"title", figure.y.size() == 1 ? figure.y[0] : "value"},
                    {"scale", {{"zero", bar}}}};
  if (figure.y_scale == "log") y["scale"] = {{"type", "log"}};
  ordered_json out = {{"x", x}, {"y", y}};
  if (const ordered_json c = colour(figure); !c.is_null()) out["color"] = c;
  return out;
}

/// A layer for the spread around `encoding`, from the data's lo and hi.
ordered_json spread(const FigureStyle& style, ordered_json encoding) {
  encoding["y"]["field"] = "lo";
  encoding["y2"] = {{"field", "hi"}};
  const ordered_json mark = style.mark == "bar" ? ordered_json{{"type", "rule"}, {"strokeWidth", 1.5}}
                                                : ordered_json{{"type", "area"}, {"opacity", 0.2}};
  if (style.mark == "bar") encoding.erase("color");
  return {{"mark", mark}, {"encoding", encoding}};
}

ordered_json over_steps(const FigureRecord& figure, const FigureStyle& style, const RunRecord& record,
                        const FigureData& data) {
  ordered_json encoding = encoding_of(figure, style, data);
  encoding["detail"] = ordered_json::array({{{"field", "row"}}, {{"field", "what"}}});
  ordered_json mark = {
      {"type", "line"}, {"strokeWidth", 1.2}, {"opacity", record.rows.size() > 1 && !style.bands ? 0.7 : 1.0}};
  if (style.mark == "point") mark = {{"type", "point"}, {"filled", true}, {"size", 16}, {"opacity", 0.7}};
  if (!style.bands) return {{"mark", mark}, {"encoding", encoding}};
  return {{"layer", ordered_json::array({spread(style, encoding), {{"mark", mark}, {"encoding", encoding}}})}};
}

ordered_json over_axis(const FigureRecord& figure, const FigureStyle& style, const FigureData& data) {
  ordered_json encoding = encoding_of(figure, style, data);
  encoding["detail"] = {{"field", "what"}};  // one line a quantity, whatever the colours say
  const ordered_json points = {{"mark", {{"type", "point"}, {"filled", true}, {"size", 30}}}, {"encoding", encoding}};
  if (style.mark == "point") return points;
  ordered_json main = {{"mark", {{"type", style.mark}}}, {"encoding", encoding}};
  if (style.mark == "bar" && encoding.contains("color")) {
    main["encoding"]["xOffset"] = {{"field", encoding["color"]["field"]}};
    encoding["xOffset"] = main["encoding"]["xOffset"];
  }
  if (style.bands) {
    const ordered_json around = spread(style, encoding);
    return {{"layer", style.mark == "bar" ? ordered_json::array({main, around}) : ordered_json::array({around, main})}};
  }
  main["encoding"]["y"]["aggregate"] = "mean";
  return style.mark == "bar" ? main : ordered_json{{"layer", ordered_json::array({main, points})}};
}

ordered_json heat_map(const FigureRecord& figure) {
  return {{"mark", {{"type", "rect"}}},
          {"encoding",
           {{"x", {{"field", "x"}, {"type", "ordinal"}, {"title", figure.x}, {"sort", nullptr}}},
            {"y", {{"field", "by"}, {"type", "ordinal"}, {"title", figure.by}, {"sort", nullptr}}},
            {"color",
             {{"field", "y"},
              {"type", "quantitative"},
              {"aggregate", "mean"},
              {"title", figure.y[0]},
              {"scale", {{"type", figure.y_scale == "log" ? "log" : "linear"}, {"zero", false}}}}}}}};
}

ordered_json histogram(const FigureRecord& figure) {
  ordered_json encoding = {{"x",
                            {{"field", "y"},
                             {"type", "quantitative"},
                             {"bin", {{"maxbins", 40}}},
                             {"title", figure.y.size() == 1 ? figure.y[0] : "value"}}},
                           {"y", {{"aggregate", "count"}, {"title", "how often"}}}};
  if (figure.y_scale == "log") encoding["y"]["scale"] = {{"type", "symlog"}};
  if (const ordered_json c = colour(figure); !c.is_null()) encoding["color"] = c;
  return {{"mark", {{"type", "bar"}}}, {"encoding", encoding}};
}

/// Mark and encoding, of one figure or of each facet.
ordered_json view_of(const FigureRecord& figure, const FigureStyle& style, const RunRecord& record,
                     const FigureData& data) {
  if (style.mark == "histogram") return histogram(figure);
  if (style.mark == "heat") return heat_map(figure);
  return is_over_steps(figure) ? over_steps(figure, style, record, data) : over_axis(figure, style, data);
}

}  // namespace

std::string vega_lite(const FigureRecord& figure, const RunRecord& record, const FigureStyle& style) {
  FigureData data = figure_data(figure, style, record);
  ordered_json spec;
  spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json";
  spec["title"] = figure.title.empty() ? figure.name : figure.title;
  spec["description"] =
      text("{}: {} of {}{}{}", record.name, is_over_steps(figure) ? "series" : "values",
           figure.x.empty() ? figure.y[0] : figure.x, style.bands ? ", mean and standard deviation over seeds" : "",
           data.thinned ? ", thinned to the least and largest value of each stretch" : "");
  spec["data"]["values"] = std::move(data.values);
  spec["config"] = begin_specification("", {})["config"];  // the look of the page of a run
  ordered_json view = view_of(figure, style, record, data);
  if (style.facet.empty()) {
    spec["width"] = 480;
    spec["height"] = 300;
    spec.update(view);
  } else {
    view["width"] = 220;
    view["height"] = 160;
    spec["facet"] = {{"field", "facet"}, {"type", "nominal"}, {"title", style.facet}, {"sort", nullptr}};
    spec["columns"] = 3;
    spec["spec"] = std::move(view);
  }
  return spec.dump(1);
}

std::vector<std::string> write_figures(const std::filesystem::path& folder, const RunRecord& record,
                                       const std::map<std::string, FigureStyle>& styles) {
  std::vector<std::filesystem::path> files;
  for (const FigureRecord& figure : record.figures) {
    const auto style = styles.find(figure.name);
    files.push_back(folder / (figure.name + ".vl.json"));
    write_atomically(files.back(),
                     vega_lite(figure, record, style == styles.end() ? FigureStyle{} : style->second) + "\n");
  }
  if (files.empty()) return {};
  return vega_to_svg(files, /*and_png=*/true);
}

}  // namespace shoal::host
