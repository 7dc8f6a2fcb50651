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
  Executor(const Plan& plan, Services& services, EventBus& events, TaskObserver& observer, at::Device device);
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
    std::string error;
    std::size_t readers = 0;  // tasks that are still to read the values
  };

  void run_task(std::size_t t, config::Diagnostics& diagnostics);
  std::vector<RunValue> work(std::size_t t, NodeListener& listener);
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
  std::vector<TaskResult> results_;
  std::deque<NodeListener> listeners_;  // as long as the run: shared datasets keep speaking to theirs
  std::vector<ScalarPoint> scalars_;
};

/// The process's largest resident memory so far.
std::int64_t peak_rss_bytes();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_EXECUTOR_H_
