// load_once.h: work that the first of several callers does for all.
#ifndef SHOAL_DATASETS_LOAD_ONCE_H_
#define SHOAL_DATASETS_LOAD_ONCE_H_

#include <atomic>
#include <mutex>

namespace [[gnu::visibility("hidden")]] files {

/// Does its work the first time it is called; who comes meanwhile waits. What throws is tried again by the next call.
/// (No std::call_once: ThreadSanitizer does not follow an exception out of it.)
class LoadOnce {
 public:
  template <typename Load>
  void operator()(Load&& load) {
    if (done_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(mutex_);
    if (done_.load(std::memory_order_relaxed)) return;
    load();
    done_.store(true, std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> done_ = false;
};

}  // namespace files

#endif  // SHOAL_DATASETS_LOAD_ONCE_H_
