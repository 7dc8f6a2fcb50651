#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "shoal/error.h"

namespace files {

// Without O_NONBLOCK the open of a pipe would wait for somebody to write into it.
MappedFile::MappedFile(const std::filesystem::path& path)
    : name_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  shoal::require(descriptor_ >= 0 || errno != ENOENT, "'{}' does not exist", name_);
  shoal::require(descriptor_ >= 0, "'{}' cannot be opened: {}", name_, std::strerror(errno));
  try {
    struct stat status {};
    shoal::require(::fstat(descriptor_, &status) == 0, "'{}' cannot be looked at: {}", name_, std::strerror(errno));
    shoal::require(!S_ISDIR(status.st_mode), "'{}' is a folder, not a file", name_);
    shoal::require(S_ISREG(status.st_mode), "'{}' is not a plain file", name_);
    shoal::require(status.st_size > 0, "'{}' is empty", name_);
    const auto size = static_cast<std::size_t>(status.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_, 0);
    shoal::require(data != MAP_FAILED, "'{}' cannot be mapped into memory ({} bytes): {}", name_, size,
                   std::strerror(errno));
    bytes_ = {static_cast<const char*>(data), size};
    written_ = status.st_mtim;
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  ::close(descriptor_);
}

void MappedFile::require_unchanged() const {
  struct stat now {};
  shoal::require(::fstat(descriptor_, &now) == 0, "'{}' cannot be looked at: {}", name_, std::strerror(errno));
  const auto size = static_cast<std::uint64_t>(now.st_size);
  shoal::require(size == bytes_.size(), "'{}' changed while it was in use: it had {} bytes, now {}", name_,
                 bytes_.size(), size);
  shoal::require(now.st_mtim.tv_sec == written_.tv_sec && now.st_mtim.tv_nsec == written_.tv_nsec,
                 "'{}' was written to while it was in use", name_);
}

}  // namespace files
