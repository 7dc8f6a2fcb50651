#ifndef SHOAL_FRAMEWORK_GRAPH_SCHEMA_H_
#define SHOAL_FRAMEWORK_GRAPH_SCHEMA_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "framework/plugin/registry.h"

namespace shoal::host {

/// JSON Schema (draft-07) of experiment files that use the components of `registry`, for editors and validators.
///
/// `use` selects: for every component an if/then closes `with` over its parameters and `in` over its ports. A value may
/// be `${…}` wherever it may be a scalar, or a list or map as a whole. What a matrix, a base or `like` can still add is
/// demanded only of files and nodes that have none. It says less than `shoal check`: names of other nodes, shapes and
/// the spelling of numbers are beyond a schema. What it refuses, `shoal check` refuses too.
///
/// Source: json-schema.org/draft-07; one-element `enum`s instead of `const`, which editors do not complete in lists.
nlohmann::ordered_json experiment_schema(const Registry& registry);

/// Settings of Visual Studio Code (.vscode/settings.json) for its YAML extension: that experiment files have the schema
/// in the file `schema`, and which tags they may use.
nlohmann::ordered_json editor_settings(const std::string& schema);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_SCHEMA_H_
