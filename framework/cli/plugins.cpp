// shoal plugins, its lock and rescan: what there is, from where, and what is refused. No plugin is opened for it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "framework/cli/found_plugins.h"
#include "framework/cli/print_table.h"

namespace shoal::cli {
namespace {

using Row = std::vector<std::string>;

void list(const FoundPlugins& found, bool verbose) {
  std::vector<Row> rows;
  for (const host::FoundPlugin& plugin : found.all)
    for (const host::ScannedComponent& component : plugin.components)
      rows.push_back({component.id, plugin.descriptor.version, plugin.descriptor.torch_tier() ? "torch" : "portable",
                      component.summary});
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a[0] < b[0]; });
  print_table(rows, false);
  std::printf("\n%zu components in %zu plugins. Looked in:\n", rows.size(), found.all.size());
  for (const auto& folder : found.search.folders()) {
    std::error_code error;
    std::printf("  %s%s\n", folder.c_str(), std::filesystem::is_directory(folder, error) ? "" : "  (not there)");
  }
  bool first = true;
  for (const host::FoundPlugin& plugin : found.all)
    for (const std::string& warning : plugin.warnings)
      std::printf("%s  %s: %s\n", std::exchange(first, false) ? "Loaded, but:\n" : "", plugin.file.c_str(),
                  warning.c_str());
  first = true;
  for (const host::Refusal& refusal : found.search.refusals()) {
    if (!refusal.damaged && !verbose) continue;
    std::printf("%s  %s: %s\n", std::exchange(first, false) ? "Not loaded:\n" : "", refusal.file.c_str(),
                refusal.reason.c_str());
  }
}

}  // namespace

int list_plugins(const Options& options) {
  list(FoundPlugins(options), options.verbose);
  return kDone;
}

int rescan_plugins(const Options& options) {
  users_scan().forget();
  return list_plugins(options);
}

int lock_plugins(const Options& options) {
  const FoundPlugins found(options);
  std::vector<std::filesystem::path> files;
  for (const host::FoundPlugin& plugin : found.all) files.push_back(plugin.file);
  const auto now = host::PluginLock::of(files);
  const auto before = host::PluginLock::read(host::PluginLock::kName);
  const std::vector<std::string> differences = before ? before->differences(now) : std::vector<std::string>();
  for (const std::string& line : differences) std::printf("%s\n", line.c_str());
  if (!differences.empty() && !options.update) {
    std::fprintf(stderr, "shoal: plugins.lock says otherwise: --update writes it anew\n");
    return kWrongInput;
  }
  now.write(host::PluginLock::kName);
  std::printf("plugins.lock has %zu plugins\n", now.size());
  return kDone;
}

}  // namespace shoal::cli
