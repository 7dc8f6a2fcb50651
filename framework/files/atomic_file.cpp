#include "framework/files/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "shoal/error.h"

namespace shoal::host {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* doing) {
  throw std::system_error(errno, std::generic_category(), text("cannot {} {}", doing, file.string()));
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path draft, std::filesystem::path target)
    : draft_(std::move(draft)),
      target_(std::move(target)),
      descriptor_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(draft_, "create");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!kept_) ::unlink(draft_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(draft_, "write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(draft_, "flush");
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) fail(draft_, "close");
  if (::rename(draft_.c_str(), target_.c_str()) != 0) fail(target_, "write");
  kept_ = true;
}

void write_atomically(const std::filesystem::path& file, std::string_view bytes) {
  AtomicFile out(file);
  out.write(bytes);
  out.commit();
}

void flush_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 && errno == EACCES) return;  // it may be written to but not read, and so not flushed
  if (descriptor < 0) fail(folder, "open");
  const int result = ::fsync(descriptor);
  ::close(descriptor);
  if (result != 0 && errno != EINVAL) fail(folder, "flush");  // EINVAL: a disk that cannot
}

void make_folders(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  const std::filesystem::path parent = folder.parent_path();
  if (parent != folder) make_folders(parent);
  std::error_code error;
  if (std::filesystem::create_directory(folder, error)) flush_folder(parent.empty() ? "." : parent);
  if (error) throw std::system_error(error, text("cannot create {}", folder.string()));
}

}  // namespace shoal::host
