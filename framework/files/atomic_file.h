#ifndef SHOAL_FRAMEWORK_FILES_ATOMIC_FILE_H_
#define SHOAL_FRAMEWORK_FILES_ATOMIC_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace shoal::host {

/// A file that is there whole or not at all, whatever happens meanwhile: it is written under another name, flushed to
/// the disk and then renamed. What is not committed is removed.
class AtomicFile {
 public:
  /// Begins `target` as the file `draft`, which must lie on the same disk. Throws std::system_error naming the file.
  AtomicFile(std::filesystem::path draft, std::filesystem::path target);
  /// Begins it beside itself, as "target.partial".
  explicit AtomicFile(const std::filesystem::path& target) : AtomicFile(target.string() + ".partial", target) {}
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);  ///< throws std::system_error: no space, no permission
  void commit();                       ///< throws std::system_error

 private:
  std::filesystem::path draft_, target_;
  int descriptor_;
  bool kept_ = false;
};

/// The same for bytes that are all there.
void write_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Makes sure that what was renamed into `folder` is there after a loss of power, too. Throws std::system_error.
void flush_folder(const std::filesystem::path& folder);

/// Makes a folder and those above it that are not there, so that they are there after a loss of power, too. Throws
/// std::system_error.
void make_folders(const std::filesystem::path& folder);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_FILES_ATOMIC_FILE_H_
