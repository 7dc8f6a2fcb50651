#ifndef SHOAL_FRAMEWORK_STORE_GROWING_FILE_H_
#define SHOAL_FRAMEWORK_STORE_GROWING_FILE_H_

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace shoal::host {

/// A new file that grows line by line. What was written is safe from a crash of the program after flush, and from a
/// loss of power after sync.
///
/// Threads  one at a time.
class GrowingFile {
 public:
  /// Throws std::system_error naming the file.
  explicit GrowingFile(std::filesystem::path file);

  /// Adds a line; what goes wrong is said by the next flush or sync.
  void write_line(std::string_view line);
  void flush();  ///< throws std::system_error: no space
  /// Does nothing where no line came since the last one. Throws as flush does.
  void sync();

 private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path file_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> out_;
  bool synced_ = true;
  int error_ = 0;  // the first that a write met
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_GROWING_FILE_H_
