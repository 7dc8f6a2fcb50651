#ifndef SHOAL_FRAMEWORK_STORE_READ_FILE_H_
#define SHOAL_FRAMEWORK_STORE_READ_FILE_H_

#include <filesystem>
#include <optional>
#include <string>

namespace shoal::host {

/// The bytes of a file of the store; none where there is no such file.
/// Throws UnreadableEntry  it is there but cannot be read now
///        DamagedEntry     the disk has lost it
std::optional<std::string> read_file(const std::filesystem::path& file);

/// Throws what `error`, an errno that came of opening or reading the file, means for what was kept in it: DamagedEntry
/// where it is gone or lost, UnreadableEntry where it may well be good.
[[noreturn]] void throw_unread(const std::filesystem::path& file, int error);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_READ_FILE_H_
