// Memory for one kernel: aligned to a cache line, not initialised. Internal to Shoal::kernels.
//
// Large ones begin at a huge page and are asked for as such: who writes them first waits for one page of 2 MiB, not for
// 512 small ones.
#ifndef SHOAL_KERNELS_BUFFER_H_
#define SHOAL_KERNELS_BUFFER_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

template <typename T>
class Buffer {
 public:
  explicit Buffer(Index size) {
    const std::size_t bytes = (static_cast<std::size_t>(size) * sizeof(T) + 127) / 64 * 64;
    const std::size_t page = bytes >= 2 * kHugePage ? kHugePage : 64;
    const std::size_t whole = (bytes + page - 1) / page * page;
    data_.reset(static_cast<T*>(std::aligned_alloc(page, whole)));
    if (data_ == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (page == kHugePage) madvise(data_.get(), whole, MADV_HUGEPAGE);  // advice alone
#endif
  }
  T* data() const { return data_.get(); }
  T& operator[](Index i) const { return data_.get()[i]; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_BUFFER_H_
