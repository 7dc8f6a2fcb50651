#include "framework/plugin/places.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace shoal::host {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void add_list(std::vector<std::filesystem::path>& out, const std::string& list) {
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ':');)
    if (!part.empty()) out.emplace_back(part);
}

/// Where shoal_add_plugin installs plugins, below the prefix.
std::filesystem::path plugins_below(const std::filesystem::path& prefix) {
  return prefix / "lib" / "shoal" / "plugins";
}

/// $name/shoal, or ~/fallback/shoal; empty without a home.
std::filesystem::path user_folder(const char* name, const char* fallback) {
  if (const std::string set = environment(name); !set.empty()) return std::filesystem::path(set) / "shoal";
  const std::string home = environment("HOME");
  return home.empty() ? std::filesystem::path() : std::filesystem::path(home) / fallback / "shoal";
}

}  // namespace

std::filesystem::path program_folder() {
  std::error_code error;
  const auto file = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::current_path() : file.parent_path();
}

std::vector<std::filesystem::path> installed_plugin_folders(const std::filesystem::path& prefix) {
  std::vector<std::filesystem::path> out;
  if (prefix == "/usr") out.push_back(plugins_below("/usr/local"));
  out.push_back(plugins_below(prefix));  // installed: <prefix>/bin/shoal
  out.push_back(prefix / "plugins");     // a build: build/release/bin/shoal
  return out;
}

std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given,
                                                  const std::filesystem::path& program) {
  std::vector<std::filesystem::path> all(given.begin(), given.end());
  add_list(all, environment("SHOAL_PLUGIN_PATH"));
  if (const auto user = user_folder("XDG_DATA_HOME", ".local/share"); !user.empty())
    all.push_back(user / "plugins" / "abi1");
  if (const std::string home = environment("HOME"); !home.empty())
    all.push_back(plugins_below(std::filesystem::path(home) / ".local"));
  for (auto& folder : installed_plugin_folders(program.parent_path())) all.push_back(std::move(folder));

  std::vector<std::filesystem::path> out;  // a Shoal in ~/.local has its own where the user's are
  for (auto& folder : all)
    if (std::find(out.begin(), out.end(), folder) == out.end()) out.push_back(std::move(folder));
  return out;
}

std::filesystem::path cache_folder() { return user_folder("XDG_CACHE_HOME", ".cache"); }

std::filesystem::path plugin_cache() {
  const auto folder = cache_folder();
  return folder.empty() ? folder : folder / "plugins-v2.json";
}

std::vector<std::filesystem::path> data_folders(const std::vector<std::string>& given) {
  std::vector<std::filesystem::path> out(given.begin(), given.end());
  add_list(out, environment("SHOAL_DATA"));
  out.emplace_back("data");
  const auto prefix = program_folder().parent_path();
  out.push_back(prefix.parent_path().parent_path() / "data");  // a build: build/release/bin/shoal beside data/
  out.push_back(prefix / "share" / "shoal" / "data");
  if (const auto user = cache_folder(); !user.empty()) out.push_back(user / "data");
  out.emplace_back("/usr/share/datasets");
  return out;
}

std::vector<std::filesystem::path> template_folders() {
  const auto prefix = program_folder().parent_path();
  // A build: build/release/bin/shoal beside sdk/.
  return {prefix / "share" / "shoal" / "templates", prefix.parent_path().parent_path() / "sdk" / "templates"};
}

}  // namespace shoal::host
