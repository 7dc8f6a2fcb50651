// mapped_file.h: the bytes of a file, read where the kernel keeps them.
#ifndef SHOAL_DATASETS_MAPPED_FILE_H_
#define SHOAL_DATASETS_MAPPED_FILE_H_

#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

namespace [[gnu::visibility("hidden")]] files {

/// A file mapped read-only, as long as the object. Pages come from the disk when they are touched, and go again when
/// memory is wanted elsewhere, so the file may be larger than memory.
///
/// Nobody can keep another program from cutting the file short meanwhile: the kernel then answers a read beyond its new
/// end with SIGBUS, which ends the process. require_unchanged finds it between reads, not during one.
class MappedFile {
 public:
  /// Throws InputError  the file is missing, empty, not readable, or a folder or anything else that is no plain file
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& name() const { return name_; }
  std::string_view bytes() const { return bytes_; }

  /// Throws InputError where the file has another size or was written to since it was mapped.
  void require_unchanged() const;

 private:
  std::string name_;
  int descriptor_;
  std::timespec written_{};  // st_mtim when it was mapped
  std::string_view bytes_;
};

}  // namespace files

#endif  // SHOAL_DATASETS_MAPPED_FILE_H_
