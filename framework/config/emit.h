#ifndef SHOAL_FRAMEWORK_CONFIG_EMIT_H_
#define SHOAL_FRAMEWORK_CONFIG_EMIT_H_

#include <cstddef>
#include <string>

#include "framework/config/value.h"

namespace shoal::config {

/// YAML that we and PyYAML read back alike: text that looks like something else (no, 012, quoted 1e5) is in quotes, plain
/// numbers have the one spelling all take (1.0e-3). Order is kept. Maps and lists that hold little stand on one line of
/// at most `width` columns. Ends in a newline.
std::string emit_yaml(const Value& value, std::size_t width = 100);

/// The same on one line in flow style, without a newline: "[8, 16]", "{k: 10}", "'no'".
std::string emit_flow(const Value& value);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_EMIT_H_
