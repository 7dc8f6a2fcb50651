#include "framework/live/served_files.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace shoal::host {

namespace fs = std::filesystem;

std::optional<fs::path> find_served_file(const fs::path& folder, const std::string& path) {
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string::npos) return std::nullopt;
  const fs::path relative = fs::path(path).relative_path();
  for (const fs::path& part : relative)
    if (part == ".." || part.empty()) return std::nullopt;
  std::error_code error;
  const fs::path file = fs::canonical(folder / relative, error);  // links are followed, and then judged
  if (error || !fs::is_regular_file(file, error)) return std::nullopt;
  const auto [at, end] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return at == folder.end() ? std::optional(file) : std::nullopt;
}

std::string media_type_of(const fs::path& file) {
  static constexpr std::pair<const char*, const char*> kTypes[] = {{".html", "text/html; charset=utf-8"},
                                                                   {".json", "application/json"},
                                                                   {".jsonl", "text/plain; charset=utf-8"},
                                                                   {".yaml", "text/plain; charset=utf-8"},
                                                                   {".txt", "text/plain; charset=utf-8"},
                                                                   {".csv", "text/csv; charset=utf-8"},
                                                                   {".svg", "image/svg+xml"},
                                                                   {".png", "image/png"}};
  for (const auto& [ending, type] : kTypes)
    if (file.extension() == ending) return type;
  return "application/octet-stream";
}

}  // namespace shoal::host
