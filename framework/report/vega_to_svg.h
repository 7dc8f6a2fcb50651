#ifndef SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_
#define SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_

#include <filesystem>
#include <string>
#include <vector>

namespace shoal::host {

/// Draws each <name>.vl.json as <name>.svg beside it, by the PyPI package vl-convert-python in one Python process:
/// $SHOAL_PYTHON, else the project's .venv, else python3. Returns why it could not, a line each; at most a minute.
std::vector<std::string> vega_to_svg(const std::vector<std::filesystem::path>& files);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_VEGA_TO_SVG_H_
