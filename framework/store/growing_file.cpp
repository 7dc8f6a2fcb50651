#include "framework/store/growing_file.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "shoal/error.h"

namespace shoal::host {

GrowingFile::GrowingFile(std::filesystem::path file)
    : file_(std::move(file)), out_(std::fopen(file_.c_str(), "wbe"), &std::fclose) {
  if (out_ == nullptr) fail("create");
}

void GrowingFile::fail(const char* doing) const {
  throw std::system_error(error_ != 0 ? error_ : errno, std::generic_category(),
                          text("cannot {} {}", doing, file_.string()));
}

void GrowingFile::write_line(std::string_view line) {
  synced_ = false;
  const bool whole = std::fwrite(line.data(), 1, line.size(), out_.get()) == line.size();
  if ((!whole || std::fputc('\n', out_.get()) == EOF) && error_ == 0) error_ = errno;
}

void GrowingFile::flush() {
  if (error_ != 0) fail("write");
  if (std::fflush(out_.get()) == 0) return;
  error_ = errno;
  fail("write");
}

void GrowingFile::sync() {
  if (synced_) return;
  flush();
  if (::fsync(::fileno(out_.get())) != 0 && errno != EINVAL) fail("flush");  // EINVAL: nothing that lasts, /dev/null
  synced_ = true;
}

}  // namespace shoal::host
