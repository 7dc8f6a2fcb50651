#ifndef SHOAL_FRAMEWORK_REPORT_FIGURE_DATA_H_
#define SHOAL_FRAMEWORK_REPORT_FIGURE_DATA_H_

#include <nlohmann/json.hpp>

#include "framework/graph/figure_style.h"
#include "framework/run/record.h"

namespace shoal::host {

/// What a figure shows: the values of a Vega-Lite specification.
struct FigureData {
  /// Points {x, y, what} with `row` (over steps) or `seed` (over an axis), and `by` and `facet` where the figure has
  /// them. A band has {x, y, lo, hi, n} in place of these: mean and mean ± standard deviation over `n` seeds.
  nlohmann::ordered_json values = nlohmann::ordered_json::array();
  bool thinned = false;  ///< to the least and largest value of each stretch of a line
  bool numeric = true;   ///< x is a number in all of them
};

/// Over the steps of series, or over an axis of the matrix; of a histogram without x, one value a row. What is not
/// finite, and what a logarithm cannot show, is left out.
FigureData figure_data(const FigureRecord& figure, const FigureStyle& style, const RunRecord& record);

inline bool is_over_steps(const FigureRecord& figure) { return figure.x == "step" || figure.x == "epoch"; }

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_FIGURE_DATA_H_
