#ifndef SHOAL_FRAMEWORK_CONFIG_RANGE_H_
#define SHOAL_FRAMEWORK_CONFIG_RANGE_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::config {

/// The values of {from, to, step} or {from, to, points}, with log: true evenly spaced in the logarithm. Both ends are
/// taken as written; what lies between is rounded to 12 digits, so that 0.1 + 0.1 + 0.1 is 0.3. Whole numbers between
/// whole ends are integers. M502 for a map of another form, M506 for more than `limit` values.
std::optional<std::vector<Value>> read_range(const Value& range, std::string_view axis, Diagnostics& diagnostics,
                                             std::size_t limit);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_RANGE_H_
