#ifndef SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_
#define SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_

#include <filesystem>
#include <string>
#include <vector>

namespace shoal::host {

/// Draws each <name>.vl.json as <name>.svg beside it, and `and_png` as <name>.png of twice the size, by the PyPI
/// package vl-convert-python in one Python process: $SHOAL_PYTHON, else the project's .venv, else python3. One that
/// cannot be drawn keeps no other from it; none is drawn where $SHOAL_DRAW is "off". Returns why it could not, a line
/// each; at most a minute.
std::vector<std::string> vega_to_svg(const std::vector<std::filesystem::path>& files, bool and_png = false);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_
