#ifndef SHOAL_FRAMEWORK_RUN_EVENTS_H_
#define SHOAL_FRAMEWORK_RUN_EVENTS_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "framework/run/value.h"
#include "shoal/reporter.h"

namespace shoal::host {

/// What happened, with texts of its own. The fields are those of shoal_event.
struct RunEvent {
  std::int32_t type = 0, level = 0, status = 0;
  double seconds = 0;
  std::int64_t row = 0, rows = 0;
  std::string node = {}, component = {}, name = {}, text = {};
  double value = 0;
  std::int64_t step = 0, done = 0, total = 0;
  double time = 0;  ///< set by post
};

/// Brings events to reporters on a thread of its own, so that no work waits for a terminal. When reporters are slow,
/// progress of one node is merged; nothing else is ever lost. A reporter that throws is left out from then on, and why
/// is kept.
///
/// Threads  post may be called from any.
class EventBus {
 public:
  /// Begins with the reporters, on this thread. Throws what a reporter's begin throws.
  EventBus(std::vector<std::shared_ptr<Live>> reporters, const std::filesystem::path& run_folder,
           const std::string& experiment);
  ~EventBus();  ///< after what was posted has been delivered

  void post(RunEvent event);

  /// Waits until all has been delivered and ends. Returns what went wrong in reporters, a line each.
  std::vector<std::string> finish();

 private:
  void deliver_all();
  void deliver(const RunEvent& event);

  struct Sink {
    std::shared_ptr<Live> live;
    const shoal_reporter_1* table;
    bool broken = false;
  };
  std::vector<Sink> sinks_;
  std::vector<std::string> failures_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<RunEvent> queue_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_EVENTS_H_
