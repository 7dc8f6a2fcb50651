#ifndef SHOAL_FRAMEWORK_PLUGIN_PLUGIN_SEARCH_H_
#define SHOAL_FRAMEWORK_PLUGIN_PLUGIN_SEARCH_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "framework/plugin/descriptor.h"
#include "framework/plugin/plugin_lock.h"
#include "framework/plugin/scan.h"

namespace shoal::host {

/// Whose plugins are opened.
struct LoadRules {
  bool allow_writable = false;          ///< by anyone
  std::optional<PluginLock> lock = {};  ///< only these
};

/// A file that was looked at and is not to be opened, and why. `damaged` false: no plugin at all, which is nobody's
/// fault.
struct Refusal {
  std::filesystem::path file;
  std::string reason;
  bool damaged = true;
};

/// A file that is a plugin, fits, and may be opened.
struct FoundPlugin {
  std::filesystem::path file;  ///< canonical
  Descriptor descriptor;
  std::vector<std::string> warnings = {};  ///< what it does that a plugin should not; nothing that would spoil results
  std::vector<ScannedComponent> components = {};  ///< as the scan saw them; without a scan none
};

/// Looks for plugins and opens none of them here.
class PluginSearch {
 public:
  /// `scan`, which outlives this, tries files in another process; null: whoever calls knows them.
  explicit PluginSearch(Scan* scan = nullptr, LoadRules rules = {}) : scan_(scan), rules_(std::move(rules)) {}

  /// Looks at every *.so of `folder` (not below it), by name; what was found before is passed over. A folder that is
  /// not there is no error: it is kept in `folders`. A plugin that `wanted` does not want is passed over in silence,
  /// before anything else is asked of it.
  using Wanted = std::function<bool(const std::filesystem::path& file, const Descriptor& descriptor)>;
  std::vector<FoundPlugin> look_into(const std::filesystem::path& folder, const Wanted& wanted = nullptr);
  /// One file; here a file that is no plugin is a refusal like any other.
  std::vector<FoundPlugin> look_at(const std::filesystem::path& file);

  /// Takes back what was found and could not be opened after all.
  void refuse(const std::filesystem::path& found, std::string reason);

  const std::vector<Refusal>& refusals() const { return refusals_; }
  const std::vector<std::filesystem::path>& folders() const { return folders_; }

 private:
  std::optional<FoundPlugin> consider(const std::filesystem::path& named, bool must_be_a_plugin, const Wanted& wanted);
  std::optional<std::string> why_not_trusted(const std::filesystem::path& file) const;
  std::vector<FoundPlugin> judge(std::vector<FoundPlugin> candidates);

  Scan* scan_;
  LoadRules rules_;
  std::set<std::filesystem::path> known_;  // found, or about to be
  std::vector<Refusal> refusals_;
  std::vector<std::filesystem::path> folders_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PLUGIN_SEARCH_H_
