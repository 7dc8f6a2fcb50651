#include "data_search.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace idx {

namespace fs = std::filesystem;

std::optional<std::vector<fs::path>> DataSearch::in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::string missing;
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) missing = "no such folder";
  else if (error) missing = error.message();
  else if (!fs::is_directory(status)) missing = "not a folder";
  for (const std::string& name : names_) {
    if (!fs::is_directory(status)) break;
    for (const std::string& candidate : {name, name + ".gz"}) {
      if (!fs::exists(folder / candidate, error)) continue;
      found.push_back(folder / candidate);
      break;
    }
    if (error) missing += (missing.empty() ? "" : ", ") + error.message();
    else if (found.empty() || !found.back().filename().string().starts_with(name))
      missing += (missing.empty() ? "no " : ", no ") + name + "[.gz]";
  }
  if (missing.empty()) return found;
  report_ += shoal::text("\n  {}: {}", folder.string(), missing);
  return std::nullopt;
}

std::optional<std::vector<fs::path>> DataSearch::in_any(const std::vector<std::string>& folders,
                                                        const std::string& dataset) {
  for (const fs::path folder : folders) {
    for (const fs::path& candidate : {folder / dataset, folder}) {
      if (std::ranges::find(seen_, candidate) != seen_.end()) continue;
      seen_.push_back(candidate);
      if (auto found = in(candidate)) return found;
    }
  }
  return std::nullopt;
}

fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/')
    return fs::path(cache) / "shoal/data";  // the XDG specification: a relative one is ignored
  const char* home = std::getenv("HOME");
  shoal::require(home != nullptr && *home != '\0',
                 "neither XDG_CACHE_HOME nor HOME is set, so there is no cache folder to download to");
  return fs::path(home) / ".cache/shoal/data";
}

}  // namespace idx
