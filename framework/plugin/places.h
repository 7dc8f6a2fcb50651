#ifndef SHOAL_FRAMEWORK_PLUGIN_PLACES_H_
#define SHOAL_FRAMEWORK_PLUGIN_PLACES_H_

#include <filesystem>
#include <string>
#include <vector>

namespace shoal::host {

/// The folder of the running program.
std::filesystem::path program_folder();

/// Where plugins are looked for, in order and each once: `given` (--plugin-path), $SHOAL_PLUGIN_PATH, the user's own
/// (their data folder's, and where `cmake --install --prefix ~/.local` puts them), and installed_plugin_folders.
/// `program`: the folder of `shoal`, where another program asks.
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given,
                                                  const std::filesystem::path& program = program_folder());

/// Where a program that lies in `prefix`/bin has plugins from: in /usr, which is the system's, /usr/local as well and
/// first, which is `cmake --install` without a prefix; the install's own; in a build tree, the build's.
std::vector<std::filesystem::path> installed_plugin_folders(const std::filesystem::path& prefix);

/// The user's folder for what can be made again: $XDG_CACHE_HOME/shoal or ~/.cache/shoal; empty without a home.
std::filesystem::path cache_folder();

/// Where it is remembered what came of trying plugins; empty without a home.
std::filesystem::path plugin_cache();

/// Where datasets look, in order: `given` (--data), $SHOAL_DATA, ./data, the data folder beside the program's tree, the
/// install's, the user's cache, /usr/share/datasets.
std::vector<std::filesystem::path> data_folders(const std::vector<std::string>& given);

/// Where the templates of `shoal new` are looked for, in order: the install's share/shoal/templates, and for a build
/// the tree's.
std::vector<std::filesystem::path> template_folders();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PLACES_H_
