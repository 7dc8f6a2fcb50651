#include "framework/run/executor.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "framework/graph/full_name.h"
#include "framework/plugin/crash.h"
#include "framework/run/deadline.h"
#include "framework/run/median.h"
#include "framework/run/process_memory.h"
#include "framework/run/work.h"
#include "shoal/error.h"

namespace shoal::host {

/// Hears one task: passes on what it says, keeps its scalars.
class Executor::NodeListener final : public Listener {
 public:
  /// `again`: the work was done before, and its scalars were passed on then.
  NodeListener(Executor& owner, const Task& task, bool again = false) : owner_(owner), task_(task), again_(again) {}

  void progress(const std::string& unit, std::int64_t done, std::int64_t total) override {
    if (Profile* profile = owner_.services_.profile) profile->progress(unit, done);
    RunEvent event = owner_.event(SHOAL_PROGRESS, task_);
    event.name = unit;
    event.done = done;
    event.total = total;
    owner_.events_.post(std::move(event));
  }
  void log(Level level, const std::string& line) override {
    RunEvent event = owner_.event(SHOAL_LOG, task_);
    event.level = static_cast<int>(level);
    event.text = line;
    const std::lock_guard lock(mutex_);
    owner_.observer_.log_line(text("{}: {}", event.node, line));
    owner_.events_.post(std::move(event));
  }
  void scalar(const std::string& name, double value, std::int64_t step) override {
    RunEvent event = owner_.event(SHOAL_SCALAR, task_);
    event.name = name;
    event.value = value;
    event.step = step;
    const std::lock_guard lock(mutex_);
    last_[name] = value;
    if (again_) return;
    owner_.scalars_.push_back({task_.row, event.node, name, step, value});
    owner_.observer_.scalar(owner_.scalars_.back());
    owner_.events_.post(std::move(event));
  }

  const void* extension(std::string_view id) override {
    return checkpoint_ != nullptr && id == "shoal.checkpoint/1" ? checkpoint_->table() : nullptr;
  }

  const std::map<std::string, double>& last_scalars() const { return last_; }
  /// What the task is offered from now on; null: nothing.
  void offer(const TaskCheckpoint* checkpoint) { checkpoint_ = checkpoint; }

 private:
  Executor& owner_;
  const Task& task_;
  const bool again_;
  const TaskCheckpoint* checkpoint_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, double> last_;
};

namespace {

/// Marks what `report:` names and puts it first, in its order.
void put_reported_first(const Graph& graph, std::vector<Metric>& metrics) {
  auto place = metrics.begin();
  for (const OutputName& name : graph.experiment.report) {
    const std::string full = full_name(graph, name);
    const auto found = std::find_if(place, metrics.end(), [&](const Metric& metric) { return metric.name == full; });
    if (found == metrics.end()) continue;
    found->reported = true;
    std::rotate(place, found, found + 1);
    ++place;
  }
}

std::vector<RunValue> work_or_declare(const Job& job) {
  if (job.node.at_work) return do_work(job);
  std::vector<RunValue> values(job.node.outputs.size());
  values[0] = declare(job);
  return values;
}

/// Within the job's timeout. A process of its own is ended by who started it (isolated_work.h).
std::vector<RunValue> in_time(const Job& job) {
  const Deadline deadline(job.services, job.node.isolated ? 0 : job.timeout_seconds, job.listener);
  try {
    std::vector<RunValue> values = work_or_declare(job);
    deadline.require_met();
    return values;
  } catch (const Cancelled&) {
    deadline.explain_cancelled();
    throw;
  }
}

}  // namespace

/// The numbers among a task's outputs, as "node.output".
std::vector<Metric> Executor::metrics_of(const GraphNode& node, const std::vector<RunValue>& values) {
  std::vector<Metric> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const OutputPort& port = node.outputs[i];
    const std::string name = node.name + "." + port.name;
    if (const auto* number = std::get_if<double>(&values[i])) out.push_back({name, *number, port.better, false});
    const auto* series = std::get_if<Series>(&values[i]);
    if (series != nullptr && !series->empty) out.push_back({name, series->last, port.better, false});
  }
  return out;
}

const char* name(RowStatus status) {
  switch (status) {
    case RowStatus::done: return "done";
    case RowStatus::failed: return "failed";
    case RowStatus::skipped: return "skipped";
    case RowStatus::cancelled: return "cancelled";
  }
  return "?";
}

Executor::Executor(const Plan& plan, Services& services, EventBus& events, TaskObserver& observer,
                   ExecutorOptions options)
    : plan_(plan),
      services_(services),
      events_(events),
      observer_(observer),
      options_(std::move(options)),
      results_(plan.tasks.size()),
      needed_(plan.tasks.size()) {
  for (std::size_t t = 0; t < plan.tasks.size(); ++t) {
    const Task& task = plan.tasks[t];
    const GraphNode& node = plan.node_of(task);
    const std::size_t reads = options_.bench > 0 && is_fit(t) ? 2 : 1;  // what is fitted again is kept for it
    const auto add = [&](std::size_t from, std::size_t output, std::size_t times) {
      results_[from].readers += times;
      needed_[from].insert(output);
    };
    for (std::size_t port = 0; port < task.inputs.size(); ++port)
      for (std::size_t i = 0; i < task.inputs[port].size(); ++i)
        add(task.inputs[port][i], node.wired[port][i].output, reads);
    if (task.made_by) add(*task.made_by, node.made_by->output, 1);
  }
}

Executor::~Executor() = default;

RunRecord Executor::run(config::Diagnostics& diagnostics) {
  RunRecord record;
  std::size_t next = 0;
  for (std::size_t row = 0; row < plan_.rows.size(); ++row) {
    RunEvent begin{.type = SHOAL_ROW_BEGIN,
                   .row = static_cast<std::int64_t>(row),
                   .rows = static_cast<std::int64_t>(plan_.rows.size())};
    for (const auto& [axis, label] : plan_.rows[row].row.settings)
      begin.text += (begin.text.empty() ? "" : ", ") + axis + " " + label;
    begin.value = static_cast<double>(plan_.rows[row].row.seed);
    events_.post(begin);
    forget_peak_rss();
    row_peak_ = 0;
    const std::size_t first = next;
    for (; next < plan_.tasks.size() && plan_.tasks[next].row == row; ++next) run_or_wait(next, diagnostics);
    record.rows.push_back(record_row(row));
    for (std::size_t t = first; t < next; ++t)
      record.rows.back().peak_rss_bytes = std::max(record.rows.back().peak_rss_bytes, results_[t].notes.peak_rss_bytes);
    RunEvent end = begin;
    end.type = SHOAL_ROW_END;
    end.seconds = record.rows.back().seconds;
    end.status = record.rows.back().status == RowStatus::done ? SHOAL_OK : SHOAL_E_FAILED;
    for (const Metric& metric : record.rows.back().metrics)
      if (metric.reported) {
        RunEvent scalar = begin;  // what the row came to: reporters show it at its end
        scalar.type = SHOAL_SCALAR;
        scalar.name = metric.name;
        scalar.value = metric.value;
        events_.post(std::move(scalar));
      }
    events_.post(std::move(end));
  }
  if (options_.bench > 0) time_fits();
  if (options_.bench > 0 || recomputed_)
    for (std::size_t row = 0; row < record.rows.size(); ++row) {
      const std::int64_t peak = record.rows[row].peak_rss_bytes;
      record.rows[row] = record_row(row);
      record.rows[row].peak_rss_bytes = peak;
    }
  record.bench = options_.bench;
  record.scalars = scalars_;
  return record;
}

/// Whether a task fits a clusterer.
bool Executor::is_fit(std::size_t t) const {
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  return node.kind() == "clusterer" && node.at_work && !node.made_by;
}

/// Fits each clusterer again, all of them in turn, so that what else the machine does falls on all alike. The fits of
/// the run itself have warmed up caches, threads and libraries; their times are dropped.
void Executor::time_fits() {
  std::vector<std::size_t> fits;
  for (std::size_t t = 0; t < plan_.tasks.size(); ++t)
    if (is_fit(t) && results_[t].state == State::done) fits.push_back(t);
  for (const std::size_t t : fits) results_[t].fit_seconds.clear();
  for (std::int64_t repeat = 0; repeat < options_.bench; ++repeat)
    for (const std::size_t t : fits) {
      if (services_.cancelled) return;
      const Task& task = plan_.tasks[t];
      const auto seconds = plan_.node_of(task).find_output("fit_seconds");
      RunEvent said = event(SHOAL_PROGRESS, task);
      said.name = "timed fits";
      said.done = repeat;
      said.total = options_.bench;
      events_.post(std::move(said));
      try {
        const std::vector<RunValue> values = work(t, nullptr, {});
        results_[t].fit_seconds.push_back(std::get<double>(values[*seconds]));
      } catch (const Cancelled&) {
        return;
      } catch (const std::exception& error) {  // it had worked once: not a failure of the row, but to be said
        observer_.log_line(text("{}: fitted again, it failed: {}", plan_.node_of(task).name, error.what()));
      }
    }
  for (const std::size_t t : fits) {
    const std::string name = plan_.node_of(plan_.tasks[t]).name + ".fit_seconds";
    for (Metric& metric : results_[t].metrics)
      if (metric.name == name) metric.value = median(results_[t].fit_seconds);
  }
}

bool Executor::can_run(const Task& task) const {
  const auto good = [&](std::size_t t) { return results_[t].state == State::done; };
  if (task.made_by && !good(*task.made_by)) return false;
  return std::all_of(task.inputs.begin(), task.inputs.end(),
                     [&](const auto& port) { return std::all_of(port.begin(), port.end(), good); });
}

/// While another process computes task t, does what else can be done, of whichever row.
void Executor::run_or_wait(std::size_t t, config::Diagnostics& diagnostics) {
  while (results_[t].state == State::waiting && !run_task(t, diagnostics)) {
    bool did_another = false;
    for (std::size_t other = t + 1; other < plan_.tasks.size() && !did_another; ++other)
      did_another = results_[other].state == State::waiting && can_run(plan_.tasks[other]) && !services_.cancelled &&
                    run_task(other, diagnostics);
    if (!did_another) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

bool Executor::run_task(std::size_t t, config::Diagnostics& diagnostics) {
  const Task& task = plan_.tasks[t];
  TaskResult& result = results_[t];
  if (services_.cancelled || !can_run(task) || (options_.fail_fast && failed_)) {
    result.state = services_.cancelled ? State::cancelled : State::skipped;
    release_inputs(task);
    return true;
  }
  try {
    std::optional<StoreLock> lock;
    if (uses_cache(t)) {
      const Stretch stretch(services_.profile, SpanKind::host, "", "look into the store");
      find_key(t);
      if (!take_kept(t)) {
        lock = options_.cache->store().try_lock(result.key);
        if (!lock) {
          tell_waiting(t);
          return false;
        }
        take_kept(t);  // whoever had the lock until now may have kept it
      }
    }
    if (!result.taken) compute(t, listeners_.emplace_back(*this, task));
    finish_task(t);
  } catch (const Cancelled&) {
    result.state = State::cancelled;
    result.error = "stopped by the user";
  } catch (const std::bad_alloc&) {
    fail_task(t, "R601", "out of memory", diagnostics);
  } catch (const TimedOut& error) {
    fail_task(t, "R602", error.what(), diagnostics);
  } catch (const std::exception& error) {
    fail_task(t, "R601", error.what(), diagnostics);
  } catch (...) {
    fail_task(t, "R601", "threw something that is not a std::exception", diagnostics);
  }
  end_task(t);
  return true;
}

void Executor::compute(std::size_t t, NodeListener& listener) {
  const Task& task = plan_.tasks[t];
  TaskResult& result = results_[t];
  if (plan_.node_of(task).at_work) events_.post(event(SHOAL_NODE_BEGIN, task));
  result.first_scalar = scalars_.size();
  begin_peak();
  const auto begin = std::chrono::steady_clock::now();
  const auto checkpoint = checkpoint_of(t, listener);
  const auto end = [&] {
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result.notes.peak_rss_bytes = std::max(result.notes.peak_rss_bytes, peak_rss_bytes());
    listener.offer(nullptr);
    if (checkpoint == nullptr) return;
    result.seconds += checkpoint->seconds_before();
    result.notes.peak_rss_bytes = std::max(result.notes.peak_rss_bytes, checkpoint->peak_rss_before());
  };
  try {
    result.values = work(t, &listener, listener.last_scalars());
  } catch (...) {  // stopped by the user most likely; what failed may go well next time
    if (checkpoint != nullptr) checkpoint->keep_last();
    end();
    throw;
  }
  end();
  if (is_fit(t)) {
    double& seconds = std::get<double>(result.values[*plan_.node_of(task).find_output("fit_seconds")]);
    if (checkpoint != nullptr) seconds += checkpoint->seconds_before();  // of a fit that went on: of all its tries
    result.fit_seconds = {seconds};
  }
  if (uses_cache(t)) {
    const Stretch stretch(services_.profile, SpanKind::host, "", "keep in the store");
    keep(t);
  }
  if (checkpoint != nullptr) checkpoint->forget();
}

/// Where its result may be kept, so may its checkpoints.
std::unique_ptr<TaskCheckpoint> Executor::checkpoint_of(std::size_t t, NodeListener& listener) {
  if (!uses_cache(t)) return nullptr;
  const std::string& name = plan_.node_of(plan_.tasks[t]).name;
  const std::size_t first = results_[t].first_scalar;
  auto out = std::make_unique<TaskCheckpoint>(
      options_.cache->store(), services_,
      TaskCheckpoint::Task{
          .key = results_[t].key,
          .node = name,
          .experiment = options_.cache->experiment(),
          .parts = results_[t].parts,
          .every_seconds = options_.checkpoint_every,
          .asked = options_.checkpoint_asked,
          .now = [this] { return scalars_.size(); },
          .scalars = [this, t, first](std::size_t end) { return scalars_of(t, first, end); },
          .replay = [&listener](const ScalarPoint& point) { listener.scalar(point.name, point.value, point.step); },
          .log = [&listener](const std::string& line) { listener.log(Level::kInfo, line); }});
  if (options_.recompute.contains(name)) out->forget();
  else out->read();
  listener.offer(out.get());
  return out;
}

void Executor::end_task(std::size_t t) {
  const Task& task = plan_.tasks[t];
  const TaskResult& result = results_[t];
  if (plan_.node_of(task).at_work || result.state == State::failed) {
    RunEvent end = event(SHOAL_NODE_END, task);
    end.seconds = result.seconds;
    end.text = result.error;
    end.status = result.state == State::cancelled ? SHOAL_E_CANCELLED
                 : result.state == State::failed  ? SHOAL_E_FAILED
                 : result.taken                   ? -1
                                                  : SHOAL_OK;
    events_.post(std::move(end));
  }
  release_inputs(task);
}

/// Whether components are wired to a port, which cost little to gather.
bool Executor::gives_components(const Task& task, std::size_t port) const {
  if (task.inputs[port].empty()) return false;
  const GraphNode& from = plan_.node_of(plan_.tasks[task.inputs[port][0]]);
  const PortType& type = from.outputs[plan_.node_of(task).wired[port][0].output].type;
  return std::find(known_kinds().begin(), known_kinds().end(), type) != known_kinds().end();
}

/// `arrays_too` false: only components are gathered, which is all that a kept value needs to be made again.
Job Executor::job_of(std::size_t t, Listener* listener, const std::map<std::string, double>& last_scalars,
                     bool arrays_too) {
  const Task& task = plan_.tasks[t];
  const GraphNode& node = plan_.node_of(task);
  std::vector<std::vector<RunValue>> inputs;
  for (std::size_t port = 0; port < node.ports.size(); ++port) {
    const bool components = gives_components(task, port);
    inputs.push_back(arrays_too || components ? gather(task, port) : std::vector<RunValue>{});
  }
  std::shared_ptr<const Made> made;
  if (task.made_by) made = std::get<std::shared_ptr<const Made>>(value_of(*task.made_by, node.made_by->output));
  const double timeout = node.timeout_seconds > 0 ? node.timeout_seconds : options_.timeout_seconds;
  return {node,     task.seed,          std::move(inputs), made,         services_,
          listener, means_of(t).device, timeout,           last_scalars, results_[t].notes};
}

/// The threads of the task's row; between pieces of work, when the pool is idle.
void Executor::take_threads(std::size_t t) {
  const int threads = means_of(t).threads;
  if (threads == services_.pool.threads()) return;
  services_.set_threads(threads);
  at::set_num_threads(threads);
}

std::vector<RunValue> Executor::work(std::size_t t, Listener* listener,
                                     const std::map<std::string, double>& last_scalars) {
  const Task& task = plan_.tasks[t];
  const GraphNode& node = plan_.node_of(task);
  const Job job = job_of(t, listener, last_scalars, true);
  take_threads(t);  // only now, since what it takes may just have been made again, in another row's way
  DataSeen* known = nullptr;
  if (is_fit(t)) {
    const std::size_t from = task.inputs[0].at(0), output = node.wired[0].at(0).output;  // its first port is `data`
    known = &seen_[{from, output}];
    // Features that a key was made of have their digest, and are not read for another.
    const auto* array = std::get_if<Array>(&job.inputs[0].at(0));
    const std::vector<std::string>& contents = results_[from].contents;
    if (known->sha256.empty() && array != nullptr && output < contents.size() && !contents[output].empty()) {
      const ConstArray view = array->view();
      *known = {contents[output], {view.shape().begin(), view.shape().end()}, name(view.dtype())};
    }
    job.notes.data = *known;
  }
  const Library& library = *node.component.library;
  const CrashNote note(text("node '{}' ({} {}, {}) was at work", node.name, node.component.id(),
                            library.descriptor.version, library.file.string()));
  std::vector<RunValue> values = services_.profile == nullptr ? in_time(job) : profiled(t, job);
  if (known != nullptr) *known = job.notes.data;
  return values;
}

/// A node's peak of memory is its own; the row keeps what was before.
void Executor::begin_peak() {
  row_peak_ = std::max(row_peak_, peak_rss_bytes());
  forget_peak_rss();
}

/// A job done in its time, seen by the profile.
std::vector<RunValue> Executor::profiled(std::size_t t, const Job& job) {
  class AtWork {
   public:
    AtWork(Profile& profile, std::size_t row, const GraphNode& node, FitNotes& notes)
        : profile_(profile), notes_(notes) {
      profile_.begin_node(row, node.name, std::string(node.component.id()), resident_bytes());
    }
    ~AtWork() {
      notes_.peak_rss_bytes = std::max(notes_.peak_rss_bytes, peak_rss_bytes());
      profile_.end_node(notes_.peak_rss_bytes);
    }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;

   private:
    Profile& profile_;
    FitNotes& notes_;
  };
  begin_peak();
  const AtWork at_work(*services_.profile, plan_.tasks[t].row, job.node, job.notes);
  return in_time(job);
}

/// The values of a task that was done, and whose scalars are known.
std::vector<RunValue> Executor::work_again(std::size_t t) {
  const Task& task = plan_.tasks[t];
  if (!plan_.node_of(task).at_work) return work(t, nullptr, {});
  NodeListener& listener = listeners_.emplace_back(*this, task, /*again=*/true);
  return work(t, &listener, listener.last_scalars());
}

std::vector<RunValue> Executor::gather(const Task& task, std::size_t port) {
  const GraphNode& node = plan_.node_of(task);
  std::vector<RunValue> out;
  for (std::size_t i = 0; i < task.inputs[port].size(); ++i) {
    out.push_back(value_of(task.inputs[port][i], node.wired[port][i].output));
    if (std::holds_alternative<std::monostate>(out.back())) {
      const GraphNode& from = plan_.node_of(plan_.tasks[task.inputs[port][i]]);
      throw InputError(text("'{}' wants '{}.{}', but {} gave none", node.ports[port].name, from.name,
                            from.outputs[node.wired[port][i].output].name, from.component.id()));
    }
  }
  return out;
}

RunValue Executor::value_of(std::size_t t, std::size_t output) {
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  TaskResult& result = results_[t];
  if (result.kept && (result.values.empty() || std::holds_alternative<std::monostate>(result.values[output])))
    restore_or_recompute(t, output);
  else if (result.values.empty()) result.values = work_again(t);  // dropped, and wanted again after all
  // A dataset's labels are read when somebody wants them.
  if (node.kind() == "dataset" && node.outputs[output].name == "labels" &&
      std::holds_alternative<std::monostate>(result.values[output]))
    result.values[output] =
        dataset_labels(*std::get<std::shared_ptr<const Made>>(result.values[0]), services_, nullptr);
  return result.values[output];
}

void Executor::finish_task(std::size_t t) {
  const Task& task = plan_.tasks[t];
  TaskResult& result = results_[t];
  result.state = State::done;
  result.metrics = metrics_of(plan_.node_of(task), result.values);
  for (const Metric& metric : result.metrics) {  // so that reporters can show what a node came to
    RunEvent scalar = event(SHOAL_SCALAR, task);
    scalar.name = metric.name.substr(scalar.node.size() + 1);
    scalar.value = metric.value;
    scalar.step = -1;
    events_.post(std::move(scalar));
  }
  const Stretch stretch(services_.profile, SpanKind::host, "", "write into the run folder");
  observer_.task_done(plan_, task, result.values);
}

void Executor::fail_task(std::size_t t, const std::string& id, const std::string& what,
                         config::Diagnostics& diagnostics) {
  const Task& task = plan_.tasks[t];
  const GraphNode& node = plan_.node_of(task);
  results_[t].state = State::failed;
  failed_ = true;
  results_[t].error = what;
  auto& error = diagnostics.error(id, node.place,
                                  text("node '{}', in {} {}: {}", node.name, node.component.id(),
                                       node.component.library->descriptor.version, what));
  if (plan_.rows.size() > 1) {
    const auto& row = plan_.rows[task.row].row;
    std::string settings;
    for (const auto& [axis, label] : row.settings) settings += axis + "=" + label + " ";
    error.notes.push_back(
        {text("in row {} of {}: {}seed {}", task.row + 1, plan_.rows.size(), settings, row.seed), {}});
  }
  observer_.log_line(text("FAILED {}: {}", node.name, what));
}

/// Values that nobody will read any more are dropped: a matrix must not keep every row's features.
void Executor::release_inputs(const Task& task) {
  const auto release = [&](std::size_t t) {
    if (--results_[t].readers == 0) results_[t].values.clear();  // value_of brings them back in need
  };
  for (const auto& port : task.inputs)
    for (const std::size_t input : port) release(input);
  if (task.made_by) release(*task.made_by);
}

RunEvent Executor::event(int type, const Task& task) const {
  const GraphNode& node = plan_.node_of(task);
  RunEvent out{
      .type = type, .row = static_cast<std::int64_t>(task.row), .rows = static_cast<std::int64_t>(plan_.rows.size())};
  out.node = node.name;
  out.component = node.component.id();
  return out;
}

const char* Executor::status_text(std::size_t t, std::size_t row) const {
  switch (results_[t].state) {
    case State::done: return plan_.tasks[t].row != row ? "reused" : results_[t].taken ? "stored" : "ran";
    case State::failed: return "failed";
    case State::cancelled: return "cancelled";
    default: return "skipped";
  }
}

RowRecord Executor::record_row(std::size_t row) const {
  const PlannedRow& planned = plan_.rows[row];
  RowRecord out;
  for (const auto& [axis, label] : planned.row.settings) out.settings.emplace_back(axis, label);
  out.seed = planned.row.seed;
  for (const std::size_t i : planned.graph.order) {
    const std::size_t t = planned.tasks[i];
    const TaskResult& result = results_[t];
    if (result.state == State::failed && out.error.empty())
      out.error = planned.graph.nodes[i].name + ": " + result.error;
    if (result.state == State::failed) out.status = RowStatus::failed;
    if (result.state == State::cancelled && out.status == RowStatus::done) out.status = RowStatus::cancelled;
    if (result.state == State::skipped && out.status == RowStatus::done) out.status = RowStatus::skipped;
    out.metrics.insert(out.metrics.end(), result.metrics.begin(), result.metrics.end());
    if (plan_.tasks[t].row == row) out.seconds += result.seconds;
    if (planned.graph.nodes[i].at_work)
      out.nodes.push_back({planned.graph.nodes[i].name, std::string(planned.graph.nodes[i].component.id()),
                           status_text(t, row), result.seconds, result.fit_seconds, result.notes.data,
                           result.notes.peak_rss_bytes});
  }
  put_reported_first(planned.graph, out.metrics);
  out.peak_rss_bytes = std::max(peak_rss_bytes(), row_peak_);
  return out;
}

}  // namespace shoal::host
