#include <algorithm>

#include "framework/report/page/sections.h"

namespace shoal::host {
namespace {

std::string text_of(const nlohmann::ordered_json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

/// The points of a figure of our own as a table.
PlainTable numbers_of(const nlohmann::ordered_json& specification) {
  PlainTable out;
  if (!specification.contains("data") || !specification["data"].contains("values")) return out;
  const auto& values = specification["data"]["values"];
  if (!values.is_array() || values.empty() || !values[0].is_object()) return out;
  for (const auto& [key, value] : values[0].items()) out.head.push_back(key);
  for (std::size_t i = 0; i < values.size() && i <= 200; ++i) {  // the page shows 200 and says that there are more
    std::vector<std::string> line;
    for (const std::string& key : out.head) {
      const auto found = values[i].find(key);
      line.push_back(found == values[i].end()   ? ""
                     : found->is_number_float() ? short_number(found->get<double>())
                     : found->is_string()       ? found->get<std::string>()
                                                : found->dump());
    }
    out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace

void add_figures(PageWriter& page, const RunData& run) {
  if (run.figures.empty())
    return page.leave_out("Figures", run.file.ended ? "the experiment draws none (`figures:`)"
                                                    : "those of the experiment are drawn when the run has ended");
  const std::size_t share = std::clamp(kChartPoints / 2 / run.figures.size(), std::size_t{200}, std::size_t{10'000});
  page.begin_section("figures", "Figures");
  page.html().open("div", {{"class", "charts"}});
  for (const FigureFile& figure : run.figures) {
    Chart chart{.title = text_of(figure.specification, "title"),
                .summary = text_of(figure.specification, "description")};
    if (chart.title.empty()) chart.title = figure.name;
    if (chart.summary.empty()) chart.summary = "Figure " + figure.name;
    chart.specification = figure.specification;
    chart.specification.erase("title");  // it stands above
    if (!thin_values(chart.specification, share)) chart.svg = figure.svg;
    else
      chart.caption =
          "Thinned to the least and largest value of each stretch; figures/" + figure.name + ".vl.json has more.";
    chart.numbers = numbers_of(chart.specification);
    page.add_chart(std::move(chart));
  }
  page.html().close();
  page.end_section();
}

}  // namespace shoal::host
