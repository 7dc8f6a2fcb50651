#ifndef SHOAL_FRAMEWORK_FILES_NEW_LINES_H_
#define SHOAL_FRAMEWORK_FILES_NEW_LINES_H_

#include <cstdint>
#include <filesystem>
#include <string>

namespace shoal::host {

/// What a growing file has behind byte `from`, whole lines alone, at most so many bytes unless one line is longer.
struct NewLines {
  std::string text = {};
  std::uintmax_t next = 0;  ///< where the lines after these begin
};
/// Nothing new, and `next` = `from`, where the file is not there or not that long.
NewLines read_new_lines(const std::filesystem::path& file, std::uintmax_t from, std::size_t most = 1 << 20);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_FILES_NEW_LINES_H_
