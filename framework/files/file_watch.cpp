#include "framework/files/file_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

FileStamp stamp_of(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {status.st_size, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_ino};
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, at] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() || (std::next(end) == folder.end() && end->empty());  // "folder/" ends in an empty part
}

/// Calls `visit` for all folders (the first one too) and files of a tree.
template <typename Visit>
void walk(const fs::path& tree, const std::vector<fs::path>& but, const Visit& visit) {
  std::error_code error;
  visit(tree, true);
  for (auto at = fs::recursive_directory_iterator(tree, fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const bool folder = at->is_directory(error);
    const auto left_out = [&](const fs::path& other) { return is_below(at->path(), other); };
    if (folder && (at->path().filename() == "__pycache__" || std::any_of(but.begin(), but.end(), left_out)))
      at.disable_recursion_pending();
    else visit(at->path(), folder);
  }
}

}  // namespace

FileStamps stamps_of(const Watched& watched) {
  FileStamps out;
  for (const fs::path& file : watched.files) out[file] = stamp_of(file);
  for (const fs::path& folder : watched.plugin_folders) {
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator(); at.increment(error))
      if (at->path().extension() == ".so") out[at->path()] = stamp_of(at->path());
  }
  for (const fs::path& tree : watched.trees)
    walk(tree, watched.but, [&](const fs::path& path, bool folder) {
      if (!folder) out[path] = stamp_of(path);
    });
  return out;
}

std::vector<fs::path> changed_files(const FileStamps& before, const FileStamps& now) {
  std::vector<fs::path> out;
  for (const auto& [file, stamp] : before)
    if (const auto found = now.find(file); found == now.end() ? stamp != FileStamp{} : found->second != stamp)
      out.push_back(file);
  for (const auto& [file, stamp] : now)
    if (!before.contains(file) && stamp != FileStamp{}) out.push_back(file);
  std::sort(out.begin(), out.end());
  return out;
}

FileWatch::FileWatch(Watched watched)
    : watched_(std::move(watched)), inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_ < 0) throw std::system_error(errno, std::generic_category(), "cannot watch files");
  for (const fs::path& file : watched_.files) watch_folder_of(file);
  for (const fs::path& folder : watched_.plugin_folders) watch_folder_of(folder / "*.so");
  for (const fs::path& tree : watched_.trees)
    walk(tree, watched_.but, [&](const fs::path& path, bool folder) {
      if (folder) watch_folder_of(path / "*");
    });
}

FileWatch::~FileWatch() { close(inotify_); }

/// The folder that `path` lies in, or the nearest above it that is there.
void FileWatch::watch_folder_of(const fs::path& path) {
  fs::path at = path;
  std::error_code error;
  do {
    at = at.parent_path();
    if (at.empty()) at = ".";
    if (fs::is_directory(at, error)) break;
    ways_.insert(at);
  } while (at.has_relative_path() && at != ".");
  watch_folder(at);
}

void FileWatch::watch_folder(const fs::path& folder) {
  constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                    IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  const int number = inotify_add_watch(inotify_, folder.c_str(), kEvents);
  if (number >= 0) folders_[number] = folder;
  else if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)  // gone meanwhile: whoever asks next sees it
    throw std::system_error(errno, std::generic_category(),
                            "cannot watch " + folder.string() +
                                (errno == ENOSPC ? " (fs.inotify.max_user_watches says how many folders may be)" : ""));
}

bool FileWatch::concerns(const fs::path& path) const {
  const auto is = [&](const fs::path& other) { return other == path; };
  if (ways_.contains(path) || std::any_of(watched_.files.begin(), watched_.files.end(), is)) return true;
  if (path.extension() == ".so")
    for (const fs::path& folder : watched_.plugin_folders)
      if (path.parent_path() == folder) return true;
  const auto below = [&](const fs::path& folder) { return is_below(path, folder); };
  return std::any_of(watched_.trees.begin(), watched_.trees.end(), below) &&
         std::none_of(watched_.but.begin(), watched_.but.end(), below);
}

bool FileWatch::hear() {
  alignas(inotify_event) std::array<char, 16384> buffer;
  bool any = false;
  for (ssize_t count; (count = read(inotify_, buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < count;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event.len);
      if ((event.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
        any = true;
        if ((event.mask & IN_Q_OVERFLOW) != 0) open_.clear();  // what was closed meanwhile is not known
        continue;
      }
      const auto folder = folders_.find(event.wd);
      if (folder == folders_.end() || event.len == 0) continue;
      const fs::path path = folder->second / event.name;
      if (!concerns(path)) continue;
      any = true;
      if ((event.mask & IN_MODIFY) != 0) open_.insert(path);
      else if ((event.mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM)) != 0) open_.erase(path);
    }
  }
  return any;
}

}  // namespace shoal::host
