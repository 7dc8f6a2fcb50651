#include "framework/plugin/trust.h"

#include <sys/stat.h>

#include <algorithm>

#include "framework/plugin/elf_file.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

std::string octal(unsigned mode) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((mode >> shift) & 7));
  return out;
}

}  // namespace

std::optional<std::string> why_writable_by_anyone(const std::filesystem::path& library) {
  struct stat found = {};
  if (stat(library.c_str(), &found) == 0 && (found.st_mode & S_IWOTH) != 0)
    return text("anyone may change it (mode {}): chmod o-w, or --allow-writable-plugins", octal(found.st_mode & 07777));
  const std::filesystem::path folder = library.parent_path();
  if (stat(folder.c_str(), &found) == 0 && (found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
    return text("anyone may change what lies in {} (mode {}): chmod o-w, or --allow-writable-plugins", folder.string(),
                octal(found.st_mode & 07777));
  return std::nullopt;
}

ExportFindings check_exports(const std::filesystem::path& library) {
  const std::vector<ExportedSymbol> symbols = exported_symbols(library);
  ExportFindings out;
  const auto torch = [](const ExportedSymbol& s) { return s.name.starts_with("_ZN3c1010Dispatcher"); };
  if (std::any_of(symbols.begin(), symbols.end(), torch))
    out.refused = "carries its own LibTorch, and a process can have but one: link Shoal::torch instead";
  const auto others = std::count_if(symbols.begin(), symbols.end(),
                                    [](const ExportedSymbol& s) { return s.name != "shoal_plugin_v1"; });
  const auto unique = std::find_if(symbols.begin(), symbols.end(), [](const ExportedSymbol& s) { return s.unique; });
  if (others > 0)
    out.warnings.push_back(
        text("exports {} symbol{} that other plugins can clash with{}; build it by shoal_add_plugin", others,
             others == 1 ? "" : "s",
             unique == symbols.end() ? "" : ", one for the whole process among them (" + unique->name + ")"));
  return out;
}

}  // namespace shoal::host
