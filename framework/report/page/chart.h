#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_CHART_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_CHART_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace shoal::host {

/// Cells as the page shows them.
struct PlainTable {
  std::vector<std::string> head = {};
  std::vector<std::vector<std::string>> lines = {};
};

/// A chart of the page: a still SVG that a Vega-Lite specification takes the place of where there is JavaScript.
struct Chart {
  std::string title = {};
  std::string summary = {};  ///< a sentence for whoever does not see it
  std::string caption = {};  ///< below it; ""
  nlohmann::ordered_json specification = {};
  std::string svg = {};     ///< where it is drawn already; else it is drawn when the page is finished
  PlainTable numbers = {};  ///< what it shows, shown on demand
  std::string sheet = {};   ///< the id of the images that its points have under the pointer, by their field `i`; ""
  bool folded = false;      ///< behind a fold: its still is the first to go where the page is too large
};

/// The points that all charts of a page share; a line gets its part and is thinned to it.
inline constexpr std::size_t kChartPoints = 60'000;
inline constexpr std::size_t kLinePoints = 2'000;  ///< the most of one line

/// The beginning of a specification: size, data as CSV (whose fields but `texts` are numbers), the page's look.
nlohmann::ordered_json begin_specification(const std::string& csv, const std::vector<std::string>& numbers);

/// A colour for each of `labels`, which the field `s` of the data numbers; a legend for up to ten.
/// Adds what makes the field `label` of it to the specification's transforms.
nlohmann::ordered_json colours_of(const std::vector<std::string>& labels, const std::string& title,
                                  nlohmann::ordered_json& specification);

/// The same without what only a pointer brings forth: `params`, and layers named "hover…".
nlohmann::ordered_json still_of(nlohmann::ordered_json specification);

/// Thins the values of a specification whose data are points (x, y), each line of them (equal in all other fields) to
/// its least and largest y in stretches, until there are `most` in all. Returns whether anything was left out.
bool thin_values(nlohmann::ordered_json& specification, std::size_t most);

/// Numbers of `values` to keep so that at most `most` are left: of each stretch its least and largest, and both ends.
std::vector<std::size_t> thin_to_extremes(const std::vector<double>& values, std::size_t most);

/// Six digits: "0.987121", "1.2e+06"; what is not finite is "".
std::string short_number(double value);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_CHART_H_
