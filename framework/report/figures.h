#ifndef SHOAL_FRAMEWORK_REPORT_FIGURES_H_
#define SHOAL_FRAMEWORK_REPORT_FIGURES_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/graph/figure_style.h"
#include "framework/run/record.h"

namespace shoal::host {

/// Writes each figure of the record into `folder` as Vega-Lite JSON (<name>.vl.json, version 5, data inside) and, where
/// the PyPI package vl-convert-python can be imported by $SHOAL_PYTHON, the project's .venv or python3, as SVG and PNG
/// beside it. `styles` by the figures' names; one without is a plain line. Returns warnings, a line each: no SVG is no
/// error. Throws std::system_error where the JSON cannot be written.
std::vector<std::string> write_figures(const std::filesystem::path& folder, const RunRecord& record,
                                       const std::map<std::string, FigureStyle>& styles = {});

/// The Vega-Lite specification of one figure. Over steps: a line for each row, or with bands for each setting, thinned
/// to 2000 points by the least and largest value of each stretch. Over an axis: the mean over seeds as a line or bar,
/// the single rows as points, or a band in their place.
std::string vega_lite(const FigureRecord& figure, const RunRecord& record, const FigureStyle& style = {});

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_FIGURES_H_
