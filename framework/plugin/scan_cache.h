#ifndef SHOAL_FRAMEWORK_PLUGIN_SCAN_CACHE_H_
#define SHOAL_FRAMEWORK_PLUGIN_SCAN_CACHE_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoal::host {

/// A component of a library that opens well, as lists show it.
struct ScannedComponent {
  std::string id, summary;
};

/// What shoal-scan found of one file.
struct ScanVerdict {
  std::optional<std::string> reason = {};         ///< why it must not be opened; nothing: it may be
  std::vector<std::string> warnings = {};         ///< what it did that a plugin should not do; undone
  bool lasting = true;                            ///< the file's own doing, and so worth remembering
  std::filesystem::path beside = {};              ///< the reason holds beside this library alone; empty: everywhere
  std::vector<ScannedComponent> components = {};  ///< of one that may be opened
};

/// Verdicts by file, kept from one process to the next as JSON. An entry counts while path, size, time of change and
/// inode of its file, and the program that judged, are the same. A cache that is damaged, or of another version, is
/// empty; one that cannot be written is not.
///
/// What a library does beside another one is kept beside its own verdict, which it does not change: each counts where
/// it holds.
class ScanCache {
 public:
  /// `judge`: the program whose verdicts these are. `file` empty: remembers nothing beyond the process.
  ScanCache(std::filesystem::path file, const std::filesystem::path& judge);

  /// Of `library` where `together`, itself among them, are to be opened.
  std::optional<ScanVerdict> find(const std::filesystem::path& library,
                                  const std::vector<std::filesystem::path>& together) const;
  void put(const std::filesystem::path& library, const ScanVerdict& verdict);
  /// Writes what was put, beside what other processes have written meanwhile.
  void save();
  void forget();

 private:
  struct Clash {
    std::string stamp;  // of the other file
    std::string reason;
  };
  struct Entry {
    std::string stamp;  // of the file, and of the judge
    std::optional<ScanVerdict> verdict = {};
    std::map<std::string, Clash> clashes = {};  // by the other file
  };
  std::map<std::string, Entry> read() const;

  std::filesystem::path file_;
  std::string judge_;
  std::map<std::string, Entry> entries_, added_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_SCAN_CACHE_H_
