#ifndef SHOAL_FRAMEWORK_RUN_SHARED_MEMORY_H_
#define SHOAL_FRAMEWORK_RUN_SHARED_MEMORY_H_

#include <cstddef>
#include <string>
#include <utility>

namespace shoal::host {

/// An open file, closed at the end.
class OpenFile {
 public:
  explicit OpenFile(int number = -1) : number_(number) {}
  OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OpenFile& operator=(OpenFile other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~OpenFile();
  int number() const { return number_; }

 private:
  int number_;
};

/// Memory that has no name and is there as long as somebody holds its file. Throws std::system_error.
OpenFile make_memory_file(const char* name);

/// A file's bytes where they lie. `bytes` of 0 maps nothing.
class Mapping {
 public:
  enum class Access { read, write };  ///< write makes the file `bytes` long
  Mapping(int file, std::size_t bytes, Access access);
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping) = delete;
  ~Mapping();
  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// All that a file holds, from its beginning.
std::string read_all(int file);
/// Appends; throws std::system_error.
void write_all(int file, const std::string& text);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_SHARED_MEMORY_H_
