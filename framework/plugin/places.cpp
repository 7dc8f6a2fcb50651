#include "framework/plugin/places.h"

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

std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given,
                                                  const std::filesystem::path& program) {
  std::vector<std::filesystem::path> out(given.begin(), given.end());
  add_list(out, environment("SHOAL_PLUGIN_PATH"));
  if (const auto user = user_folder("XDG_DATA_HOME", ".local/share"); !user.empty())
    out.push_back(user / "plugins" / "abi1");
  out.push_back(program.parent_path() / "lib" / "shoal" / "plugins");  // installed: <prefix>/bin/shoal
  out.push_back(program.parent_path() / "plugins");                    // a build: build/release/bin/shoal
  return out;
}

std::filesystem::path cache_folder() { return user_folder("XDG_CACHE_HOME", ".cache"); }

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
