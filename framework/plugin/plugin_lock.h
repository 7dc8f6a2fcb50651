#ifndef SHOAL_FRAMEWORK_PLUGIN_PLUGIN_LOCK_H_
#define SHOAL_FRAMEWORK_PLUGIN_PLUGIN_LOCK_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoal::host {

/// plugins.lock: the plugins that experiments beside it run with, by name of file and SHA-256, in the form of
/// sha256sum. A plugin that has changed since, or that is not in it, is refused: the same file runs the same code
/// everywhere.
class PluginLock {
 public:
  static constexpr const char* kName = "plugins.lock";

  /// Nothing where there is no such file. Throws shoal::InputError with file and line for what is no lock.
  static std::optional<PluginLock> read(const std::filesystem::path& file);
  /// As the files are now. Throws std::runtime_error for one that cannot be read.
  static PluginLock of(const std::vector<std::filesystem::path>& libraries);

  /// Why a plugin of this name and content may not be opened; nothing where it may.
  std::optional<std::string> why_refused(const std::filesystem::path& library, const std::string& sha256) const;

  /// "libkmeans.so has changed", "libnew.so is new", "libold.so is gone", by name: what `now` has differently.
  std::vector<std::string> differences(const PluginLock& now) const;

  /// Replaces `file` in one step. Throws std::system_error.
  void write(const std::filesystem::path& file) const;

  std::size_t size() const { return digests_.size(); }

 private:
  std::filesystem::path file_ = kName;
  std::map<std::string, std::string> digests_;  // by name of file
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PLUGIN_LOCK_H_
