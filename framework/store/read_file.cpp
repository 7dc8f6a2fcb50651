#include "framework/store/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "framework/store/store.h"
#include "shoal/error.h"

namespace shoal::host {

void throw_unread(const std::filesystem::path& file, int error) {
  const std::string why = text("{}: {}", file.string(), std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR || error == EIO) throw DamagedEntry(why);
  throw UnreadableEntry(why);
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (descriptor < 0) throw_unread(file, errno);
  std::string out;
  char block[65536];
  ssize_t got = 0;
  do {
    got = ::read(descriptor, block, sizeof(block));
    if (got > 0) out.append(block, static_cast<std::size_t>(got));
  } while (got > 0 || (got < 0 && errno == EINTR));
  const int error = errno;
  ::close(descriptor);
  if (got < 0) throw_unread(file, error);
  return out;
}

}  // namespace shoal::host
