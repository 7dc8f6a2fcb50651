// fuzz.h: what the fuzzers of this folder share.
#ifndef SHOAL_TESTS_FUZZ_FUZZ_H_
#define SHOAL_TESTS_FUZZ_FUZZ_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "shoal/error.h"

/// libFuzzer calls this with each input; it may do anything but crash, hang, leak, or take more than 1 GB.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace shoal::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    const auto size = static_cast<::ssize_t>(bytes.size());
    if (descriptor_ < 0 || ::write(descriptor_, bytes.data(), bytes.size()) != size) std::abort();
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Whether `call` came through; false where it threw the error that a wrong file deserves. Any other ends the process.
template <typename Call>
bool accepted(Call&& call) {
  try {
    call();
    return true;
  } catch (const InputError&) {
    return false;
  }
}

inline void require_that(bool holds) {
  if (!holds) std::abort();
}

}  // namespace shoal::fuzz

#endif  // SHOAL_TESTS_FUZZ_FUZZ_H_
