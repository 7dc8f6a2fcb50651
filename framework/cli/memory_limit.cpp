#include "framework/cli/memory_limit.h"

#include <chrono>
#include <limits>
#include <utility>

#include "framework/report/quantity.h"
#include "framework/run/process_memory.h"
#include "shoal/error.h"

namespace shoal::cli {

MemoryLimit::MemoryLimit(std::int64_t bytes, Jobs& jobs, std::function<void(const std::string&)> tell)
    : bytes_(bytes), jobs_(jobs), tell_(std::move(tell)), thread_([this] { watch(); }) {}

MemoryLimit::~MemoryLimit() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

std::int64_t MemoryLimit::by_default() {
  const std::int64_t left = host::bytes_left();
  return left < 0 ? std::numeric_limits<std::int64_t>::max() : left / 10 * 9;
}

/// Half a second; false when it is over.
bool MemoryLimit::still_on() {
  std::unique_lock lock(mutex_);
  return !ended_.wait_for(lock, std::chrono::milliseconds(500), [this] { return over_; });
}

void MemoryLimit::watch() {
  while (still_on()) {
    const std::int64_t held = host::bytes_held_together();
    const std::size_t at_work = jobs_.running() + 1;
    if (held <= bytes_ || !jobs_.end_last()) continue;
    tell_(
        text("{} processes held {} of memory, more than the {} that they may (--memory): one was ended, and another "
             "takes up what it was at",
             at_work, host::bytes_text(held), host::bytes_text(bytes_)));
  }
}

}  // namespace shoal::cli
