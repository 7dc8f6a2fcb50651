#include "framework/conformance/sheltered.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>

namespace shoal::host::conformance {
namespace {

/// What is sheltered now, for the signal handler, which may take no lock.
struct Entry {
  std::atomic<const char*> begin = nullptr, end = nullptr, inside = nullptr, inside_end = nullptr;
  std::atomic<const char*> written = nullptr, outside = nullptr;
};
std::array<Entry, 4096> entries;

}  // namespace

Sheltered::Sheltered(std::size_t bytes, std::string what)
    : written_("it writes to " + what + ", which it may only read"), outside_("it reads or writes beyond " + what) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t inside = std::max<std::size_t>((bytes + page - 1) / page, 1) * page;
  size_ = inside + 2 * page;
  void* pages = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  pages_ = static_cast<char*>(pages);
  if (mprotect(pages_ + page, inside, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  data_ = pages_ + page + inside - bytes;
  for (Entry& entry : entries) {
    const char* free = nullptr;
    if (!entry.begin.compare_exchange_strong(free, pages_)) continue;
    entry.written = written_.c_str();
    entry.outside = outside_.c_str();
    entry.inside = pages_ + page;
    entry.inside_end = pages_ + page + inside;
    entry.end = pages_ + size_;
    break;
  }
}

Sheltered::~Sheltered() {
  for (Entry& entry : entries) {
    if (entry.begin != pages_) continue;
    entry.end = nullptr;
    entry.begin = nullptr;
  }
  munmap(pages_, size_);
}

void Sheltered::forbid_writing() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  mprotect(pages_ + page, size_ - 2 * page, PROT_READ);
}

const char* Sheltered::what_was_touched(const void* address) {
  const auto* a = static_cast<const char*>(address);
  for (const Entry& entry : entries) {
    if (entry.end == nullptr || a < entry.begin || a >= entry.end) continue;
    return a >= entry.inside && a < entry.inside_end ? entry.written.load() : entry.outside.load();
  }
  return nullptr;
}

}  // namespace shoal::host::conformance
