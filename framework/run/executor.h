#ifndef SHOAL_FRAMEWORK_RUN_EXECUTOR_H_
#define SHOAL_FRAMEWORK_RUN_EXECUTOR_H_

#include <ATen/core/Tensor.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/graph/plan.h"
#include "framework/run/events.h"
#include "framework/run/record.h"
#include "framework/run/value.h"
#include "framework/run/work.h"

namespace shoal::host {

/// Sees each finished task before its values may be dropped: the run folder, which keeps artifacts.
class TaskObserver {
 public:
  virtual ~TaskObserver() = default;
  virtual void task_done(const Plan& plan, const Task& task, const std::vector<RunValue>& values) = 0;
  virtual void scalar(const ScalarPoint& point) = 0;  ///< as they come; from one thread at a time
  virtual void log_line(const std::string& line) = 0;
};

/// Runs a plan, one task after the other. A task that fails takes those with it that need it; the others go on.
class Executor {
 public:
  /// `bench`: so often each clusterer is fitted again when all rows have run, to time it; 0 is never.
  Executor(const Plan& plan, Services& services, EventBus& events, TaskObserver& observer, at::Device device,
           std::int64_t bench = 0);
  ~Executor();

  /// Returns when all is done or cancelled; never throws for what a component does. What failed is in `diagnostics`
  /// (R601), with the place of its node.
  RunRecord run(config::Diagnostics& diagnostics);

 private:
  class NodeListener;
  enum class State { waiting, done, failed, skipped, cancelled };
  struct TaskResult {
    State state = State::waiting;
    std::vector<RunValue> values;
    std::vector<Metric> metrics;
    double seconds = 0;
    std::vector<double> fit_seconds;  // of a clusterer
    FitNotes notes;
    std::string error;
    std::size_t readers = 0;  // tasks that are still to read the values
  };

  void run_task(std::size_t t, config::Diagnostics& diagnostics);
  std::vector<RunValue> work(std::size_t t, Listener* listener, const std::map<std::string, double>& last_scalars);
  bool is_fit(std::size_t t) const;
  void time_fits();
  std::vector<RunValue> gather(const Task& task, std::size_t port);
  RunValue value_of(std::size_t t, std::size_t output);
  void finish_task(std::size_t t);
  void fail_task(std::size_t t, const std::string& what, config::Diagnostics& diagnostics);
  void release_inputs(const Task& task);
  bool can_run(const Task& task) const;
  RowRecord record_row(std::size_t row) const;
  RunEvent event(int type, const Task& task) const;
  const char* status_text(std::size_t t, std::size_t row) const;

  const Plan& plan_;
  Services& services_;
  EventBus& events_;
  TaskObserver& observer_;
  at::Device device_;
  std::int64_t bench_;
  std::vector<TaskResult> results_;
  std::deque<NodeListener> listeners_;  // as long as the run: shared datasets keep speaking to theirs
  std::vector<ScalarPoint> scalars_;
  std::map<std::pair<std::size_t, std::size_t>, DataSeen> seen_;  // by task and output
};

/// The most memory that the process had since forget_peak_rss, or since it began where the system cannot forget.
std::int64_t peak_rss_bytes();
void forget_peak_rss();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_EXECUTOR_H_
