#include "framework/report/page/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "framework/report/quantity.h"

namespace shoal::host {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t kLegendLabels = 10;  // as many as there are colours
constexpr std::size_t kLegendLetters = 48;

/// Colours that stand out by 3:1 or more from white and from the page's dark ground alike.
ordered_json palette() {
  return {"#3b7dd8", "#c8702a", "#3a9152", "#9467c7", "#d1495b", "#1f9aa3", "#8f8a26", "#c65aa5", "#9a6b4f", "#7c8794"};
}

ordered_json look() {
  return {{"font", "sans-serif"},
          {"view", {{"stroke", nullptr}}},
          {"axis",
           {{"labelColor", "#55606c"},
            {"titleColor", "#55606c"},
            {"titleFontWeight", "normal"},
            {"labelFontSize", 11},
            {"titleFontSize", 11},
            {"gridColor", "#e4e7eb"},
            {"domainColor", "#9aa4af"},
            {"tickColor", "#9aa4af"}}},
          {"legend",
           {{"orient", "top"},
            {"labelColor", "#55606c"},
            {"titleColor", "#55606c"},
            {"titleFontWeight", "normal"},
            {"labelLimit", 220},
            {"symbolOpacity", 1},
            {"columns", 3},
            {"offset", 4}}},
          {"range", {{"category", palette()}}}};
}

}  // namespace

std::string short_number(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : ""; }

ordered_json begin_specification(const std::string& csv, const std::vector<std::string>& numbers) {
  ordered_json out = {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"}, {"background", nullptr}};
  ordered_json parse = ordered_json::object();
  for (const std::string& name : numbers) parse[name] = "number";
  out["data"] = {{"values", csv}, {"format", {{"type", "csv"}, {"parse", parse}}}};
  out["width"] = 400;
  out["height"] = 220;
  out["config"] = look();
  return out;
}

ordered_json colours_of(const std::vector<std::string>& labels, const std::string& title, ordered_json& specification) {
  ordered_json names = ordered_json::array();
  std::map<std::string, std::size_t> seen;
  for (const std::string& label : labels) {  // two that look alike when they are shortened must not become one
    std::string name = shortened(label, kLegendLetters);
    if (const std::size_t before = seen[name]++; before > 0) name += fmt::format(" ({})", before + 1);
    names.push_back(std::move(name));
  }
  specification["transform"].push_back({{"calculate", names.dump() + "[datum.s]"}, {"as", "label"}});
  ordered_json out = {{"field", "label"}, {"type", "nominal"}, {"title", title}, {"scale", {{"domain", names}}}};
  if (labels.size() < 2 || labels.size() > kLegendLabels) out["legend"] = nullptr;
  if (labels.size() > kLegendLabels) out["scale"]["scheme"] = "turbo";
  return out;
}

ordered_json still_of(ordered_json specification) {
  specification["config"]["aria"] = false;  // the picture says what it is as a whole: each mark would triple its size
  specification.erase("params");
  if (specification.contains("layer")) {
    ordered_json kept = ordered_json::array();
    for (ordered_json& layer : specification["layer"])
      if (!layer.value("name", "").starts_with("hover")) kept.push_back(std::move(layer));
    for (ordered_json& layer : kept) layer.erase("params");
    specification["layer"] = std::move(kept);
  }
  return specification;
}

std::vector<std::size_t> thin_to_extremes(const std::vector<double>& values, std::size_t most) {
  std::vector<std::size_t> out;
  if (values.size() <= std::max<std::size_t>(most, 4)) {
    for (std::size_t i = 0; i < values.size(); ++i) out.push_back(i);
    return out;
  }
  const std::size_t stretches = std::max<std::size_t>(most, 4) / 2 - 1, inner = values.size() - 2;
  out.push_back(0);
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto from = values.begin() + 1 + static_cast<std::ptrdiff_t>(i * inner / stretches);
    const auto to = values.begin() + 1 + static_cast<std::ptrdiff_t>((i + 1) * inner / stretches);
    auto [least, most_of] = std::minmax_element(from, to);
    if (most_of < least) std::swap(least, most_of);
    out.push_back(static_cast<std::size_t>(least - values.begin()));
    if (most_of != least) out.push_back(static_cast<std::size_t>(most_of - values.begin()));
  }
  out.push_back(values.size() - 1);
  return out;
}

bool thin_values(ordered_json& specification, std::size_t most) {
  if (!specification.contains("data") || !specification["data"].contains("values")) return false;
  ordered_json& values = specification["data"]["values"];
  if (!values.is_array() || values.size() <= most) return false;
  std::map<std::string, std::vector<std::size_t>> lines;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_object() || !values[i].contains("y") || !values[i]["y"].is_number()) return false;
    ordered_json rest = values[i];
    for (const char* varies : {"x", "y", "lo", "hi", "n"}) rest.erase(varies);
    lines[rest.dump()].push_back(i);
  }
  std::vector<bool> keep(values.size());
  for (const auto& [line, numbers] : lines) {
    std::vector<double> heights;
    for (const std::size_t i : numbers) heights.push_back(values[i]["y"].get<double>());
    for (const std::size_t i : thin_to_extremes(heights, most / lines.size())) keep[numbers[i]] = true;
  }
  ordered_json kept = ordered_json::array();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (keep[i]) kept.push_back(std::move(values[i]));
  values = std::move(kept);
  return true;
}

}  // namespace shoal::host
