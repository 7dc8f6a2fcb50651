#ifndef SHOAL_FRAMEWORK_PLUGIN_OPEN_LIBRARY_H_
#define SHOAL_FRAMEWORK_PLUGIN_OPEN_LIBRARY_H_

#include <filesystem>
#include <vector>

#include "framework/plugin/services.h"
#include "shoal/abi.h"

namespace shoal::host {

/// Opens the plugin for the rest of the process, running its constructors, and asks it for its components, of which
/// every one is well formed. Throws std::runtime_error with a reason that an author can act on.
std::vector<const shoal_component*> open_library(const std::filesystem::path& file, Services& services);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_OPEN_LIBRARY_H_
