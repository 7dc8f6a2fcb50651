#ifndef SHOAL_FRAMEWORK_CLI_MEMORY_LIMIT_H_
#define SHOAL_FRAMEWORK_CLI_MEMORY_LIMIT_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "framework/cli/jobs.h"

namespace shoal::cli {

/// Sees to it that processes that work together hold no more memory than they may: while they do, the last of the
/// further ones is ended, and another takes up what it was at, from its checkpoint where there is one. The first, which
/// writes the run, goes on alone at worst.
class MemoryLimit {
 public:
  /// Looks twice a second, from now to its end, in a thread of its own, which calls `tell` too. `jobs` outlives it.
  MemoryLimit(std::int64_t bytes, Jobs& jobs, std::function<void(const std::string&)> tell);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

  /// Nine tenths of what is left on this machine, or in the control groups that this process is in.
  static std::int64_t by_default();

 private:
  void watch();
  bool still_on();

  const std::int64_t bytes_;
  Jobs& jobs_;
  const std::function<void(const std::string&)> tell_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_MEMORY_LIMIT_H_
