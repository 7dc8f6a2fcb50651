#ifndef SHOAL_FRAMEWORK_CLI_FOUND_PLUGINS_H_
#define SHOAL_FRAMEWORK_CLI_FOUND_PLUGINS_H_

#include <vector>

#include "framework/cli/options.h"
#include "framework/plugin/plugin_search.h"

namespace shoal::cli {

/// Tries plugins by the shoal-scan beside this program, and remembers for the user what came of it.
host::Scan users_scan();

/// plugins.lock beside the experiment, or in the current folder where there is none, counts if it is there. The command
/// that writes it knows no lock.
host::LoadRules load_rules(const Options& options);

/// The plugins that a session with these options would open; none is opened.
struct FoundPlugins {
  explicit FoundPlugins(const Options& options);
  host::Scan scan;
  host::PluginSearch search;
  std::vector<host::FoundPlugin> all;  ///< in the order of the folders
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_FOUND_PLUGINS_H_
