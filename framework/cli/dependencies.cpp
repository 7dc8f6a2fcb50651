#include "framework/cli/dependencies.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "framework/config/yaml.h"

namespace shoal::cli {
namespace {

namespace fs = std::filesystem;

/// Absolute, and without a slash at its end.
fs::path whole(const fs::path& path) {
  const fs::path out = fs::absolute(path).lexically_normal();
  return out.has_filename() ? out : out.parent_path();
}

std::vector<std::string> texts_at(const config::Value& document, const char* key) {
  std::vector<std::string> out;
  const config::Value* found = document.is_map() ? document.find(key) : nullptr;
  if (found == nullptr) return out;
  for (const config::Value& item : found->is_list() ? found->items : std::vector<config::Value>{*found})
    if (item.is_scalar() && !item.text.empty()) out.push_back(item.text);
  return out;
}

void add_yaml(const fs::path& file, std::set<fs::path>& seen, host::Watched& out) {
  if (!seen.insert(whole(file)).second) return;
  out.files.push_back(whole(file));
  config::Diagnostics said_by_the_run;
  const auto document = config::load_file(file.string(), said_by_the_run, {});
  if (!document) return;
  for (const std::string& base : texts_at(*document, "base")) add_yaml(file.parent_path() / base, seen, out);
  for (const std::string& plugin : texts_at(*document, "plugins"))
    (fs::path(plugin).extension() == ".so" ? out.files : out.plugin_folders)
        .push_back(whole(file.parent_path() / plugin));
}

void add_paths(const shoal_value& value, std::vector<std::string>& paths) {
  if (value.type == SHOAL_TEXT && value.count > 0) paths.emplace_back(value.as.text);
  if (value.type == SHOAL_LIST)
    for (std::int64_t i = 0; i < value.count; ++i) add_paths(value.as.items[i], paths);
}

/// What the parameters of a node name by a path.
std::vector<std::string> paths_of(const host::GraphNode& node) {
  std::vector<std::string> out;
  if (node.parameters == nullptr) return out;
  for (std::size_t i = 0; i < node.parameters->count(); ++i)
    if ((node.parameters->declared()[i]->flags & SHOAL_PATH) != 0) add_paths(node.parameters->values()[i], out);
  return out;
}

void keep_each_once(std::vector<fs::path>& paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

}  // namespace

host::Watched yaml_dependencies(const Options& options) {
  std::set<fs::path> seen;
  host::Watched out;
  add_yaml(options.experiment, seen, out);
  for (const std::string& overlay : options.overlays) add_yaml(overlay, seen, out);
  for (const std::string& change : options.overrides)
    if (const auto at = change.find("=@"); at != std::string::npos) add_yaml(change.substr(at + 2), seen, out);
  return out;
}

host::Watched dependencies_of(const host::Registry& registry, const host::Plan* plan) {
  host::Watched out;
  for (const fs::path& folder : registry.folders()) out.plugin_folders.push_back(whole(folder));
  for (const host::Library& library : registry.libraries()) out.files.push_back(whole(library.file));
  for (const host::Refusal& refusal : registry.refusals()) out.files.push_back(whole(refusal.file));
  if (plan != nullptr)
    for (const host::PlannedRow& row : plan->rows)
      for (const host::GraphNode& node : row.graph.nodes)
        for (const std::string& path : paths_of(node)) {
          std::error_code error;
          (fs::is_directory(path, error) ? out.trees : out.files).push_back(whole(path));
        }
  for (auto* paths : {&out.files, &out.plugin_folders, &out.trees}) keep_each_once(*paths);
  return out;
}

std::string as_text(const host::Watched& watched) {
  return nlohmann::json{{"files", watched.files}, {"plugin_folders", watched.plugin_folders}, {"trees", watched.trees}}
      .dump();
}

host::Watched watched_of(const std::string& text) {
  const nlohmann::json read = nlohmann::json::parse(text);
  return {.files = read.at("files").get<std::vector<fs::path>>(),
          .plugin_folders = read.at("plugin_folders").get<std::vector<fs::path>>(),
          .trees = read.at("trees").get<std::vector<fs::path>>()};
}

}  // namespace shoal::cli
