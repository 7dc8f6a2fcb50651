#ifndef SHOAL_FRAMEWORK_PLUGIN_ELF_FILE_H_
#define SHOAL_FRAMEWORK_PLUGIN_ELF_FILE_H_

#include <elf.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace shoal::host {

/// A 64-bit ELF file, of this machine or not, read at given places: nothing of it is mapped or run, and every read says
/// whether it lay inside the file.
class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& path);

  bool good() const { return file_.good(); }
  std::uint64_t size() const { return size_; }
  bool holds(std::uint64_t offset, std::uint64_t count) const { return offset <= size_ && count <= size_ - offset; }

  template <typename T>
  bool read(std::uint64_t offset, T& out) {
    return read(offset, &out, sizeof(T));
  }
  bool read(std::uint64_t offset, void* out, std::uint64_t count);

  struct Section {
    std::string name;
    std::uint32_t type = 0, link = 0;  ///< link: the index of another section
    std::uint64_t offset = 0, size = 0;
  };
  /// All sections by `header`, in order; nothing where their table lies outside the file.
  std::optional<std::vector<Section>> sections(const Elf64_Ehdr& header);

 private:
  std::ifstream file_;
  std::uint64_t size_ = 0;
};

/// A symbol that a library gives to others.
struct ExportedSymbol {
  std::string name;     ///< mangled
  bool unique = false;  ///< STB_GNU_UNIQUE: one for the whole process, whichever library came first
};

/// What `file` exports, in the order of its table; empty where it has no table that can be read.
std::vector<ExportedSymbol> exported_symbols(const std::filesystem::path& file);

/// The libraries that `file` is linked to, as it names them ("libm.so.6"); empty where it has no table that can be
/// read.
std::vector<std::string> needed_libraries(const std::filesystem::path& file);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_ELF_FILE_H_
