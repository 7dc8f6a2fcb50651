#include "framework/run/shared_memory.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shoal::host {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

OpenFile::~OpenFile() {
  if (number_ >= 0) close(number_);
}

OpenFile make_memory_file(const char* name) {
  OpenFile out(memfd_create(name, MFD_CLOEXEC));
  if (out.number() < 0) fail("cannot make memory to share");
  return out;
}

Mapping::Mapping(int file, std::size_t bytes, Access access) : bytes_(bytes) {
  if (bytes == 0) return;
  const bool writes = access == Access::write;
  if (struct stat status{}; !writes && (fstat(file, &status) != 0 || static_cast<std::size_t>(status.st_size) < bytes))
    throw std::system_error(EIO, std::generic_category(), "shared memory is shorter than it should be");
  if (writes && ftruncate(file, static_cast<off_t>(bytes)) != 0) fail("cannot make memory to share");
  data_ = mmap(nullptr, bytes, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
  if (data_ == MAP_FAILED) fail("cannot map shared memory");
}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

std::string read_all(int file) {
  std::string out;
  char block[4096];
  for (;;) {
    const ssize_t got = pread(file, block, sizeof(block), static_cast<off_t>(out.size()));
    if (got < 0) fail("cannot read shared memory");
    if (got == 0) return out;
    out.append(block, static_cast<std::size_t>(got));
  }
}

void write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) fail("cannot write to the other process");
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

}  // namespace shoal::host
