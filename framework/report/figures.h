#ifndef SHOAL_FRAMEWORK_REPORT_FIGURES_H_
#define SHOAL_FRAMEWORK_REPORT_FIGURES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "framework/run/record.h"

namespace shoal::host {

/// Writes each figure of the record into `folder` as Vega-Lite JSON (<name>.vl.json, version 5, data inside) and, where
/// the PyPI package vl-convert-python can be imported by $SHOAL_PYTHON, the project's .venv or python3, as SVG beside
/// it. Returns warnings, a line each: no SVG is no error. Throws std::system_error where the JSON cannot be written.
std::vector<std::string> write_figures(const std::filesystem::path& folder, const RunRecord& record);

/// The Vega-Lite specification of one figure. Over steps: a line for each row, thinned to 2000 points by the least and
/// largest value of each stretch. Over an axis: the mean over seeds as a line, the single rows as points.
std::string vega_lite(const FigureRecord& figure, const RunRecord& record);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_FIGURES_H_
