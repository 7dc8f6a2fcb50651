#ifndef SHOAL_FRAMEWORK_PLUGIN_THREAD_POOL_H_
#define SHOAL_FRAMEWORK_PLUGIN_THREAD_POOL_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shoal::host {

/// Processors that this process may use.
int usable_processors();

/// The process's one pool for the work of components; LibTorch has its own, which is idle meanwhile.
/// Work is cut into blocks by size alone, and threads take the next block as they get free.
class ThreadPool {
 public:
  /// `threads` ≥ 1, the caller of run included.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Goes on with another number of threads. Not while run is at work.
  void resize(int threads);

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls body(i) once for each i in [0, blocks), on this thread and the others, and returns when all are done. From
  /// within a body it runs serially. `body` must not throw.
  void run(std::int64_t blocks, const std::function<void(std::int64_t)>& body);

 private:
  void stop();
  void work();  // a worker's life
  void take_blocks(std::unique_lock<std::mutex>& lock);

  std::mutex calls_;  // one run at a time
  std::mutex mutex_;  // guards what follows
  std::condition_variable started_, finished_;
  const std::function<void(std::int64_t)>* body_ = nullptr;
  std::int64_t next_ = 0, blocks_ = 0, running_ = 0;
  std::uint64_t generation_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_THREAD_POOL_H_
