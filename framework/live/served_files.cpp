#include "framework/live/served_files.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

}  // namespace

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

NewLines read_new_lines(const fs::path& file, std::uintmax_t from, std::size_t most) {
  NewLines out{.next = from};
  std::ifstream in(file, std::ios::binary);
  if (!in || !in.seekg(static_cast<std::streamoff>(from))) return out;
  std::string piece(std::max<std::size_t>(most, 1), '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    out.text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (out.text.find('\n') != std::string::npos) break;  // a line longer than `most` is read on
  }
  out.text.resize(out.text.rfind('\n') + 1);  // npos + 1 is 0: no whole line yet
  out.next = from + out.text.size();
  return out;
}

}  // namespace shoal::host
