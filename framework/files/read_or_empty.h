#ifndef SHOAL_FRAMEWORK_FILES_READ_OR_EMPTY_H_
#define SHOAL_FRAMEWORK_FILES_READ_OR_EMPTY_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace shoal::host {

/// The bytes of a file; none where it is not there or cannot be read.
inline std::string read_or_empty(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_FILES_READ_OR_EMPTY_H_
