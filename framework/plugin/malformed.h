#ifndef SHOAL_FRAMEWORK_PLUGIN_MALFORMED_H_
#define SHOAL_FRAMEWORK_PLUGIN_MALFORMED_H_

#include <optional>
#include <string>
#include <vector>

#include "shoal/abi.h"

namespace shoal::host {

/// Why `component` cannot be used: an id of no known kind, a default outside its own range, a name twice. Nothing where
/// all is well.
std::optional<std::string> why_malformed(const shoal_component& component);

/// The kinds that this program knows.
const std::vector<std::string>& known_kinds();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_MALFORMED_H_
