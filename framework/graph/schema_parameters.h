#ifndef SHOAL_FRAMEWORK_GRAPH_SCHEMA_PARAMETERS_H_
#define SHOAL_FRAMEWORK_GRAPH_SCHEMA_PARAMETERS_H_

#include <nlohmann/json_fwd.hpp>

#include "shoal/abi.h"

namespace shoal::host {

/// Matches text with `${…}` in it: such a scalar is typed only when its value is known.
inline constexpr const char* kInterpolated = R"(\$\{)";

/// JSON Schema of one parameter's value: type, range, choices, default and what it is.
nlohmann::ordered_json parameter_schema(const shoal_param& param);

/// JSON Schema of the `with` of a component: its parameters by name and by former names, and nothing else. `required`
/// ones are not demanded here.
nlohmann::ordered_json parameters_schema(const shoal_component& component);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_SCHEMA_PARAMETERS_H_
