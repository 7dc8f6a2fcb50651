#ifndef SHOAL_FRAMEWORK_CONFIG_YAML_H_
#define SHOAL_FRAMEWORK_CONFIG_YAML_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "framework/config/diagnostics.h"
#include "framework/config/source.h"
#include "framework/config/value.h"

namespace shoal::config {

/// What a file may cost, so that no file can hang or fill the machine.
struct YamlLimits {
  std::size_t bytes = std::size_t{4} << 20;
  std::size_t depth = 64;
  std::size_t expanded_values = 100'000;  ///< values that anchors and aliases may copy
};

/// Reads one YAML document into a tree. Scalars stay text, anchors and `<<` are resolved, and everything of YAML that
/// reads one way and means another is an error with its place and the fix (Y102–Y116). Finds all errors it can; a
/// syntax error ends the file. Nothing comes back if there was an error.
std::optional<Value> parse_yaml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                                const YamlLimits& limits = {});

/// The same for a file; Y101 says in the system's words why it cannot be read.
/// `asked_at` is where its name was written (a `base:` entry), if anywhere; the error then stands there, and what is
/// found in the file says that it was read through there.
std::optional<Value> load_file(const std::string& path, Diagnostics& diagnostics, const Place& asked_at = {});

/// Reads a list, map or quoted text in the middle of line `at.line`, from `at.column` on; used for `path=[8, 16]`.
std::optional<Value> parse_yaml_flow(const std::string& text, const Place& at, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_YAML_H_
