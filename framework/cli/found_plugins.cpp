#include "framework/cli/found_plugins.h"

#include <filesystem>

#include "framework/plugin/places.h"

namespace shoal::cli {

host::Scan users_scan() { return host::Scan(host::program_folder() / "shoal-scan", host::plugin_cache()); }

host::LoadRules load_rules(const Options& options) {
  const auto folder = std::filesystem::path(options.experiment).parent_path();
  return {.allow_writable = options.allow_writable_plugins,
          .lock = options.without_lock ? std::nullopt : host::PluginLock::read(folder / host::PluginLock::kName)};
}

FoundPlugins::FoundPlugins(const Options& options) : scan(users_scan()), search(&scan, load_rules(options)) {
  for (const auto& folder : host::plugin_folders(options.plugin_path))
    for (host::FoundPlugin& plugin : search.look_into(folder)) all.push_back(std::move(plugin));
}

}  // namespace shoal::cli
