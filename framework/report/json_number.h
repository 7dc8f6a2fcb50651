#ifndef SHOAL_FRAMEWORK_REPORT_JSON_NUMBER_H_
#define SHOAL_FRAMEWORK_REPORT_JSON_NUMBER_H_

#include <cmath>
#include <nlohmann/json.hpp>

namespace shoal::host {

/// JSON has no NaN and no infinity: they are null.
inline nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_JSON_NUMBER_H_
