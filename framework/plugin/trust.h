#ifndef SHOAL_FRAMEWORK_PLUGIN_TRUST_H_
#define SHOAL_FRAMEWORK_PLUGIN_TRUST_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shoal::host {

/// Why what `library` holds may be somebody else's: anyone may write to it, or put another file in its place. A plugin
/// has all the rights of its user, so this is asked before it is opened.
std::optional<std::string> why_writable_by_anyone(const std::filesystem::path& library);

/// What the symbols that `library` exports say against it, without opening it.
struct ExportFindings {
  std::optional<std::string> refused = {};  ///< it carries a LibTorch of its own
  std::vector<std::string> warnings = {};   ///< it exports what other plugins can clash with
};
ExportFindings check_exports(const std::filesystem::path& library);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_TRUST_H_
