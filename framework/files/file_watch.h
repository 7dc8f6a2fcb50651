#ifndef SHOAL_FRAMEWORK_FILES_FILE_WATCH_H_
#define SHOAL_FRAMEWORK_FILES_FILE_WATCH_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace shoal::host {

/// What somebody wants to hear of when it changes; a file or folder that is not there yet, too. All paths are absolute.
struct Watched {
  std::vector<std::filesystem::path> files = {};
  std::vector<std::filesystem::path> plugin_folders = {};  ///< their *.so
  std::vector<std::filesystem::path> trees = {};           ///< all files below a folder
  std::vector<std::filesystem::path> but = {};             ///< nothing below these, which belong to no tree
};

/// What tells a file from what it was: its size, time and number on the disk; all 0 where there is none.
struct FileStamp {
  std::int64_t bytes = 0, nanoseconds = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
using FileStamps = std::map<std::filesystem::path, FileStamp>;

/// Of all that is watched and there, and of `files` that are not.
FileStamps stamps_of(const Watched& watched);

/// Files that one has and the other has not, or has otherwise, by name.
std::vector<std::filesystem::path> changed_files(const FileStamps& before, const FileStamps& now);

/// Hears from the system (inotify) that something was done to files that are watched.
class FileWatch {
 public:
  /// Throws std::system_error where the system gives no inotify, or no more folders can be watched.
  explicit FileWatch(Watched watched);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// For poll: readable when there is something to hear.
  int descriptor() const { return inotify_; }

  /// Takes what there is to hear. True: something was done to what is watched, or to a folder on its way.
  bool hear();

  /// A file that is watched has been written to and not yet closed by who does: half a library, maybe.
  bool being_written() const { return !open_.empty(); }

 private:
  void watch_folder_of(const std::filesystem::path& path);
  void watch_folder(const std::filesystem::path& folder);
  bool concerns(const std::filesystem::path& path) const;

  const Watched watched_;
  int inotify_;
  std::map<int, std::filesystem::path> folders_;  // by the number of the watch
  std::set<std::filesystem::path> open_, ways_;   // ways: folders that were not there, on the way to what is watched
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_FILES_FILE_WATCH_H_
