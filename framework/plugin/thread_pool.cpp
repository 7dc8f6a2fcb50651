#include "framework/plugin/thread_pool.h"

#include <sched.h>

#include <algorithm>

namespace shoal::host {
namespace {
thread_local bool inside_a_body = false;
}

int usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

ThreadPool::ThreadPool(int threads) { resize(threads); }

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::resize(int threads) {
  if (threads == this->threads()) return;
  stop();
  stopping_ = false;
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void ThreadPool::run(std::int64_t blocks, const std::function<void(std::int64_t)>& body) {
  if (inside_a_body || workers_.empty() || blocks <= 1) {
    const bool before = inside_a_body;
    inside_a_body = true;
    for (std::int64_t i = 0; i < blocks; ++i) body(i);
    inside_a_body = before;
    return;
  }
  const std::lock_guard one_call(calls_);
  std::unique_lock lock(mutex_);
  body_ = &body;
  next_ = 0;
  blocks_ = blocks;
  ++generation_;
  started_.notify_all();
  take_blocks(lock);
  finished_.wait(lock, [&] { return running_ == 0; });
  body_ = nullptr;
}

void ThreadPool::take_blocks(std::unique_lock<std::mutex>& lock) {
  inside_a_body = true;
  ++running_;
  while (next_ < blocks_) {
    const std::int64_t block = next_++;
    lock.unlock();
    (*body_)(block);
    lock.lock();
  }
  --running_;
  inside_a_body = false;
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  std::uint64_t seen = 0;
  while (true) {
    started_.wait(lock, [&] { return stopping_ || generation_ != seen; });
    if (stopping_) return;
    seen = generation_;
    if (body_ == nullptr) continue;  // woke after the work was done
    take_blocks(lock);
    if (running_ == 0) finished_.notify_one();
  }
}

}  // namespace shoal::host
