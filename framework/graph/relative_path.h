#ifndef SHOAL_FRAMEWORK_GRAPH_RELATIVE_PATH_H_
#define SHOAL_FRAMEWORK_GRAPH_RELATIVE_PATH_H_

#include <filesystem>

#include "framework/config/source.h"

namespace shoal::host {

/// The folder that a relative path starts from which is written at `place`: that of the file, or on the command line
/// the current one. `otherwise` for what no one wrote.
inline std::filesystem::path folder_of(const config::Place& place, const std::filesystem::path& otherwise) {
  if (place.source == nullptr) return otherwise;
  if (place.source->kind() == config::Source::Kind::command_line) return {};
  return std::filesystem::path(place.source->name()).parent_path();
}

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_RELATIVE_PATH_H_
