// Memory for one kernel: aligned to a cache line, not initialised. Internal to Shoal::kernels.
#ifndef SHOAL_KERNELS_BUFFER_H_
#define SHOAL_KERNELS_BUFFER_H_

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
    data_.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
    if (data_ == nullptr) throw std::bad_alloc();
  }
  T* data() const { return data_.get(); }
  T& operator[](Index i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_BUFFER_H_
