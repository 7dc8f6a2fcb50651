#ifndef SHOAL_FRAMEWORK_PLUGIN_PLACES_H_
#define SHOAL_FRAMEWORK_PLUGIN_PLACES_H_

#include <filesystem>
#include <string>
#include <vector>

namespace shoal::host {

/// The folder of the running program.
std::filesystem::path program_folder();

/// Where plugins are looked for, in order: `given` (--plugin-path), $SHOAL_PLUGIN_PATH, the user's data folder, the
/// install's own and, in a build tree, the build's. `program`: the folder of `shoal`, where another program asks.
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given,
                                                  const std::filesystem::path& program = program_folder());

/// The user's folder for what can be made again: $XDG_CACHE_HOME/shoal or ~/.cache/shoal; empty without a home.
std::filesystem::path cache_folder();

/// Where datasets look, in order: `given` (--data), $SHOAL_DATA, ./data, the data folder beside the program's tree, the
/// install's, the user's cache, /usr/share/datasets.
std::vector<std::filesystem::path> data_folders(const std::vector<std::string>& given);

/// Where the templates of `shoal new` are looked for, in order: the install's share/shoal/templates, and for a build
/// the tree's.
std::vector<std::filesystem::path> template_folders();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PLACES_H_
