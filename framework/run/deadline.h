#ifndef SHOAL_FRAMEWORK_RUN_DEADLINE_H_
#define SHOAL_FRAMEWORK_RUN_DEADLINE_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "framework/plugin/services.h"
#include "shoal/error.h"

namespace shoal::host {

/// A node's work that took longer than its timeout (R602).
class TimedOut : public Error {
 public:
  explicit TimedOut(const std::string& what) : Error(SHOAL_E_FAILED, what) {}
};

/// The time that a node's work in this process may take, from the object's making to its end. When it is up, components
/// are asked to stop: their next progress says that they are cancelled. No thread is killed; one that takes no notice
/// goes on, and after five seconds the listener is told so.
///
/// Threads  one deadline at a time in a process, and none of another node within it.
class Deadline {
 public:
  /// `seconds` 0: none. `listener` may be null.
  Deadline(Services& services, double seconds, Listener* listener);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// Throws TimedOut where the time was up before the work was done, which then took no notice.
  void require_met() const;
  /// Work ended by Cancelled: throws TimedOut where that was the deadline's doing, and not the user's.
  void explain_cancelled() const;

 private:
  double passed() const;
  bool is_up() const { return seconds_ > 0 && passed() > seconds_; }
  void watch(Listener* listener);

  Services& services_;
  const double seconds_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread watcher_;  // none without a deadline
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_DEADLINE_H_
