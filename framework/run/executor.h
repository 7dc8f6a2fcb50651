#ifndef SHOAL_FRAMEWORK_RUN_EXECUTOR_H_
#define SHOAL_FRAMEWORK_RUN_EXECUTOR_H_

#include <ATen/core/Tensor.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/graph/plan.h"
#include "framework/run/data_checks.h"
#include "framework/run/events.h"
#include "framework/run/record.h"
#include "framework/run/result_cache.h"
#include "framework/run/task_checkpoint.h"
#include "framework/run/value.h"
#include "framework/run/work.h"

namespace shoal::host {

/// Sees each finished task before its values may be dropped: the run folder, which keeps artifacts. By default it wants
/// nothing and does nothing.
class TaskObserver {
 public:
  virtual ~TaskObserver() = default;
  /// Whether task_done wants the value of that output of a node.
  virtual bool wants(const GraphNode&, const OutputPort&) const { return false; }
  virtual void task_done(const Plan&, const Task&, const std::vector<RunValue>&) {}
  virtual void scalar(const ScalarPoint&) {}  ///< as they come; from one thread at a time
  virtual void log_line(const std::string&) {}
};

/// What the work of a row is done with.
struct RowMeans {
  at::Device device = at::kCPU;
  int threads = 1;

  friend bool operator==(const RowMeans&, const RowMeans&) = default;
};

/// How a plan is run.
struct ExecutorOptions {
  std::vector<RowMeans> rows;    ///< of each row of the plan
  std::int64_t bench = 0;        ///< so often each clusterer is fitted again when all rows have run, to time it
  ResultCache* cache = nullptr;  ///< null: everything is computed
  double checkpoint_every = 60;  ///< with a cache: seconds from one checkpoint of a task to the next, at least
  std::atomic<bool>* checkpoint_asked = nullptr;  ///< set by whoever wants one at the next chance; may be null
  std::set<std::string> recompute = {};           ///< nodes whose kept results are not taken
  bool fail_fast = false;                         ///< after the first failure nothing more is begun
  bool tells_waiting = true;                      ///< for other processes (S703)
  double timeout_seconds = 0;                     ///< of the work of nodes that have none of their own; 0: none
};

/// Runs a plan, one task after the other. A task that fails takes those with it that need it; the others go on.
///
/// With a cache, what was kept is taken instead of computed, read when somebody needs it; what another process is
/// computing is waited for, with other tasks done meanwhile. A component that offers checkpoints goes on from the last
/// one that an earlier run left of the same work.
///
/// A task that is not done within its node's timeout fails, see deadline.h.
class Executor {
 public:
  Executor(const Plan& plan, Services& services, EventBus& events, TaskObserver& observer, ExecutorOptions options);
  ~Executor();

  /// Returns when all is done or cancelled; never throws for what a component does. What failed is in `diagnostics`
  /// (R601, R602), with the place of its node.
  RunRecord run(config::Diagnostics& diagnostics);

  /// What run would do with each task, in the plan's order: nothing is computed but what declares datasets and
  /// components. What cannot be declared, a dataset whose file is damaged, is in `diagnostics` (R601).
  enum class Forecast { declared, kept, computed, unknown };  ///< unknown: its inputs are to be computed first
  std::vector<Forecast> forecast(config::Diagnostics& diagnostics);

  /// What the datasets say of themselves, by task, after forecast.
  DatasetInfos dataset_infos() const;

  /// The parts of a task's key, after forecast; empty where they are not known yet.
  const KeyParts& parts_of(std::size_t task) const { return results_[task].parts; }

 private:
  class NodeListener;
  enum class State { waiting, done, failed, skipped, cancelled };
  struct TaskResult {
    State state = State::waiting;
    std::vector<RunValue> values;  // empty: dropped, or kept in the store and not read
    std::vector<Metric> metrics;
    double seconds = 0;
    std::vector<double> fit_seconds;  // of a clusterer
    FitNotes notes;
    std::string error;
    std::size_t first_scalar = 0;  // where those that it reported begin
    std::size_t readers = 0;       // tasks that are still to read the values

    KeyParts parts;  // with a cache
    std::string key;
    std::vector<std::string> contents;  // of its outputs, as far as they were asked for
    std::optional<Manifest> kept;       // set: the values are in the store
    bool taken = false;                 // from the store, instead of computed
    bool told_waiting = false;
  };

  /// False: another process is at it, and nothing was done.
  bool run_task(std::size_t t, config::Diagnostics& diagnostics);
  const RowMeans& means_of(std::size_t t) const { return options_.rows.at(plan_.tasks[t].row); }
  void take_threads(std::size_t t);
  void begin_peak();
  static std::vector<Metric> metrics_of(const GraphNode& node, const std::vector<RunValue>& values);
  std::vector<RunValue> profiled(std::size_t t, const Job& job);
  void run_or_wait(std::size_t t, config::Diagnostics& diagnostics);
  void compute(std::size_t t, NodeListener& listener);
  std::unique_ptr<TaskCheckpoint> checkpoint_of(std::size_t t, NodeListener& listener);
  void end_task(std::size_t t);
  std::vector<RunValue> work(std::size_t t, Listener* listener, const std::map<std::string, double>& last_scalars);
  std::vector<RunValue> work_again(std::size_t t);
  void recompute(std::size_t t);
  Job job_of(std::size_t t, Listener* listener, const std::map<std::string, double>& last_scalars, bool arrays_too);
  bool gives_components(const Task& task, std::size_t port) const;
  bool is_fit(std::size_t t) const;
  void time_fits();
  std::vector<RunValue> gather(const Task& task, std::size_t port);
  RunValue value_of(std::size_t t, std::size_t output);
  void finish_task(std::size_t t);
  void fail_task(std::size_t t, const std::string& id, const std::string& what, config::Diagnostics& diagnostics);
  void release_inputs(const Task& task);
  bool can_run(const Task& task) const;
  RowRecord record_row(std::size_t row) const;
  RunEvent event(int type, const Task& task) const;
  const char* status_text(std::size_t t, std::size_t row) const;

  // executor_cache.cpp
  bool uses_cache(std::size_t t) const;
  void find_key(std::size_t t);
  const std::string& content_of_output(std::size_t t, std::size_t output);
  std::string name_of_result(std::size_t t);
  bool find_kept(std::size_t t);
  bool take_kept(std::size_t t);
  bool is_complete(std::size_t t, const Manifest& manifest) const;
  void restore(std::size_t t, std::size_t output);
  void restore_or_recompute(std::size_t t, std::size_t output);
  void tell_unreadable(std::size_t t, const UnreadableEntry& error) const;
  std::vector<ScalarPoint> scalars_of(std::size_t t, std::size_t first, std::size_t end) const;
  void keep(std::size_t t);
  void tell_waiting(std::size_t t);
  void replay_scalars(std::size_t t, const std::vector<ScalarPoint>& scalars);

  const Plan& plan_;
  Services& services_;
  EventBus& events_;
  TaskObserver& observer_;
  const ExecutorOptions options_;
  bool failed_ = false;        // some task, so far
  bool recomputed_ = false;    // a task that was done, because what was kept of it could not be had
  std::int64_t row_peak_ = 0;  // of memory in the row, before a node began with its own
  std::vector<TaskResult> results_;
  std::vector<std::set<std::size_t>> needed_;  // of each task, the outputs that others of the plan take
  std::deque<NodeListener> listeners_;         // as long as the run: shared datasets keep speaking to theirs
  std::vector<ScalarPoint> scalars_;
  std::string name_of_run_;                                       // set where a value has no other name
  std::map<std::pair<std::size_t, std::size_t>, DataSeen> seen_;  // by task and output
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_EXECUTOR_H_
