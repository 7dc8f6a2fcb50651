#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_RUN_FOLLOWER_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_RUN_FOLLOWER_H_

#include <cstdint>
#include <filesystem>

#include "framework/report/page/run_data.h"
#include "framework/report/page/scalar_file.h"
#include "framework/report/run_events.h"

namespace shoal::host {

/// Reads the folder of a run that is at work, over and over: only what came since. What the run has not written yet is
/// empty; the events of a run without reporter/json-lines are nobody's, and then all its rows wait.
///
/// Threads  one at a time.
class RunFollower {
 public:
  /// Throws std::runtime_error  plan.json is missing or damaged
  explicit RunFollower(const std::filesystem::path& folder);
  RunFollower(const RunFollower&) = delete;
  RunFollower& operator=(const RunFollower&) = delete;

  /// Reads on. Whether anything came.
  bool read_on();

  /// As far as was read. `file.ended` is false, whatever the folder holds.
  const RunData& run() const { return run_; }
  const RunEvents& events() const { return events_; }

 private:
  RunData run_;
  RunEvents events_;
  ScalarReader scalars_;
  std::vector<std::string> damaged_;  // of what is read once
  std::uintmax_t events_read_ = 0, scalars_read_ = 0;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_RUN_FOLLOWER_H_
