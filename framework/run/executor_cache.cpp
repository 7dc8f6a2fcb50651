// The executor and the store: keys, what is taken instead of computed, what is kept.
#include <algorithm>
#include <random>

#include "framework/run/executor.h"
#include "framework/run/process_memory.h"
#include "framework/store/content.h"
#include "shoal/dataset.h"
#include "shoal/error.h"

namespace shoal::host {

bool Executor::uses_cache(std::size_t t) const {
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  return options_.cache != nullptr && node.at_work && node.cached && !(options_.bench > 0 && is_fit(t));
}

/// By what its inputs contain, so that whatever leaves them as they were leaves this result, too.
void Executor::find_key(std::size_t t) {
  TaskResult& result = results_[t];
  if (!result.key.empty()) return;
  const Task& task = plan_.tasks[t];
  const GraphNode& node = plan_.node_of(task);
  InputContents inputs;
  inputs.ports.resize(node.ports.size());
  for (std::size_t port = 0; port < node.ports.size(); ++port)
    for (std::size_t i = 0; i < task.inputs[port].size(); ++i)
      inputs.ports[port].push_back(content_of_output(task.inputs[port][i], node.wired[port][i].output));
  if (task.made_by) inputs.made = content_of_output(*task.made_by, node.made_by->output);
  result.parts = key_parts(node, task.seed, inputs, means_of(t).device);
  if (plan_.threads_vary && node.at_work) result.parts.emplace_back("threads", std::to_string(means_of(t).threads));
  result.key = key_of(result.parts);
}

const std::string& Executor::content_of_output(std::size_t t, std::size_t output) {
  TaskResult& result = results_[t];
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  result.contents.resize(node.outputs.size());
  std::string& content = result.contents[output];
  if (!content.empty()) return content;
  const auto* described = result.kept ? find_output(*result.kept, node.outputs[output].name) : nullptr;
  if (described != nullptr) return content = content_of(*described);
  const RunValue value = value_of(t, output);
  const std::string made_by = name_of_result(t) + "." + node.outputs[output].name;
  const TakeArray only_name = [&](const ConstArray& array) { return content_digest(array, services_.pool); };
  return content = content_of(describe_value(value, made_by, job_of(t, nullptr, {}, false), only_name));
}

/// What names a value that cannot be named by its contents: the key that made it. Of a node with `cache: off` not even
/// its key says what came out, so that this name is no other run's.
std::string Executor::name_of_result(std::size_t t) {
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  if (!node.at_work) return "";  // a declared component is named by its declaration
  if (node.cached) {
    find_key(t);
    return results_[t].key;
  }
  std::random_device chance;  // names something, and is nobody's number
  if (name_of_run_.empty()) name_of_run_ = text("{} {} {}", chance(), chance(), chance());
  return text("{} {}", name_of_run_, t);
}

/// Whether all that others of this plan need of it was kept.
bool Executor::is_complete(std::size_t t, const Manifest& manifest) const {
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  return std::all_of(needed_[t].begin(), needed_[t].end(), [&](std::size_t output) {
    const auto* described = find_output(manifest, node.outputs[output].name);
    return described != nullptr && can_be_restored(*described);
  });
}

/// Whether the store has the result whole, as far as its manifest says. Throws UnreadableEntry.
bool Executor::find_kept(std::size_t t) {
  if (options_.recompute.contains(plan_.node_of(plan_.tasks[t]).name)) return false;
  auto manifest = options_.cache->store().find(results_[t].key);
  if (!manifest || !is_complete(t, *manifest)) return false;
  results_[t].kept = std::move(manifest);
  return true;
}

/// Takes the result from the store, if it has it whole.
bool Executor::take_kept(std::size_t t) {
  TaskResult& result = results_[t];
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  try {
    if (!find_kept(t)) return false;
    const WorkDone done = options_.cache->work_done(*result.kept, node.name);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const auto* described = find_output(*result.kept, node.outputs[i].name);
      if (described == nullptr) throw DamagedEntry(text("it has no '{}'", node.outputs[i].name));
      // Numbers are there anyway; arrays and components are read where they are wanted.
      const bool number = node.outputs[i].type == "number" || node.outputs[i].type == "series";
      if (number || (can_be_restored(*described) && observer_.wants(node, node.outputs[i]))) restore(t, i);
    }
    result.seconds = done.seconds;
    result.fit_seconds = done.fit_seconds;
    result.notes = {done.data, done.peak_rss_bytes};
    result.taken = true;
    result.first_scalar = scalars_.size();
    replay_scalars(t, done.scalars);
    return true;
  } catch (const UnreadableEntry& error) {
    tell_unreadable(t, error);
  } catch (const DamagedEntry& damage) {
    options_.cache->store().reject(result.key, damage.what());
  }
  result.kept.reset();
  result.values.clear();
  return false;
}

/// Reads one output from the store. Throws DamagedEntry, UnreadableEntry.
void Executor::restore(std::size_t t, std::size_t output) {
  TaskResult& result = results_[t];
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  result.values.resize(node.outputs.size());
  const auto* described = find_output(*result.kept, node.outputs[output].name);
  result.values[output] = restore_value(*described, job_of(t, nullptr, {}, false), options_.cache->store());
}

/// The same of a task that is done.
void Executor::restore_or_recompute(std::size_t t, std::size_t output) {
  try {
    return restore(t, output);
  } catch (const UnreadableEntry& error) {
    tell_unreadable(t, error);
  } catch (const DamagedEntry& damage) {
    options_.cache->store().reject(results_[t].key, damage.what());
  }
  recompute(t);
}

/// Computes a result that was taken or kept, and could not be read when it was wanted; the run's record, its events and
/// the store come to say so.
void Executor::recompute(std::size_t t) {
  const Task& task = plan_.tasks[t];
  TaskResult& result = results_[t];
  events_.post(event(SHOAL_NODE_BEGIN, task));
  const auto begin = std::chrono::steady_clock::now();
  result.kept.reset();
  result.values = work_again(t);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (is_fit(t))
    result.fit_seconds = {std::get<double>(result.values[*plan_.node_of(task).find_output("fit_seconds")])};
  result.metrics = metrics_of(plan_.node_of(task), result.values);
  result.taken = false;
  recomputed_ = true;
  if (uses_cache(t)) keep(t);
  RunEvent end = event(SHOAL_NODE_END, task);
  end.seconds = result.seconds;
  end.status = SHOAL_OK;
  events_.post(std::move(end));
}

void Executor::tell_unreadable(std::size_t t, const UnreadableEntry& error) const {
  options_.cache->store().tell(
      "S707", text("the kept result of '{}' cannot be read now, stays, and is computed again for this run: {}",
                   plan_.node_of(plan_.tasks[t]).name, error.what()));
}

/// What a task reported, among the scalars of this run from `first` to `end`. Within its row a node is one task.
std::vector<ScalarPoint> Executor::scalars_of(std::size_t t, std::size_t first, std::size_t end) const {
  const std::string& name = plan_.node_of(plan_.tasks[t]).name;
  std::vector<ScalarPoint> out;
  std::copy_if(scalars_.begin() + static_cast<std::ptrdiff_t>(first),
               scalars_.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(out),
               [&](const ScalarPoint& point) { return point.row == plan_.tasks[t].row && point.node == name; });
  return out;
}

void Executor::keep(std::size_t t) {
  TaskResult& result = results_[t];
  const WorkDone done{.seconds = result.seconds,
                      .peak_rss_bytes = std::max(result.notes.peak_rss_bytes, peak_rss_bytes()),
                      .fit_seconds = result.fit_seconds,
                      .data = result.notes.data,
                      .scalars = scalars_of(t, result.first_scalar, scalars_.size())};
  const auto manifest =
      options_.cache->keep(result.key, result.parts, job_of(t, nullptr, {}, false), result.values, done);
  if (!manifest) return;
  const GraphNode& node = plan_.node_of(plan_.tasks[t]);
  result.contents.resize(node.outputs.size());
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    result.contents[i] = content_of(*find_output(*manifest, node.outputs[i].name));
  if (is_complete(t, *manifest)) result.kept = *manifest;  // so that values may be dropped and read again
}

void Executor::replay_scalars(std::size_t t, const std::vector<ScalarPoint>& scalars) {
  for (ScalarPoint point : scalars) {
    point.row = plan_.tasks[t].row;
    scalars_.push_back(point);
    observer_.scalar(scalars_.back());
    RunEvent said = event(SHOAL_SCALAR, plan_.tasks[t]);  // so that reporters draw the same curves
    said.name = point.name;
    said.value = point.value;
    said.step = point.step;
    events_.post(std::move(said));
  }
}

void Executor::tell_waiting(std::size_t t) {
  TaskResult& result = results_[t];
  if (!options_.tells_waiting || std::exchange(result.told_waiting, true)) return;
  const Store& store = options_.cache->store();
  store.tell("S703", text("'{}' is being computed by {}; waiting for its result", plan_.node_of(plan_.tasks[t]).name,
                          store.holder_of(result.key)));
}

std::vector<Executor::Forecast> Executor::forecast(config::Diagnostics& diagnostics) {
  std::vector<Forecast> out;
  const auto known = [&](std::size_t t) { return out[t] == Forecast::declared || out[t] == Forecast::kept; };
  for (std::size_t t = 0; t < plan_.tasks.size(); ++t) {
    const Task& task = plan_.tasks[t];
    const bool inputs_known = (!task.made_by || known(*task.made_by)) &&
                              std::all_of(task.inputs.begin(), task.inputs.end(), [&](const auto& port) {
                                return std::all_of(port.begin(), port.end(), known);
                              });
    out.push_back(inputs_known ? Forecast::computed : Forecast::unknown);
    if (!inputs_known) continue;
    try {
      if (!plan_.node_of(task).at_work) {
        results_[t].values = work(t, nullptr, {});
        out.back() = Forecast::declared;
      } else if (uses_cache(t)) {
        find_key(t);
        if (find_kept(t)) out.back() = Forecast::kept;
      }
    } catch (const UnreadableEntry& error) {
      tell_unreadable(t, error);
    } catch (const std::exception& error) {
      fail_task(t, "R601", error.what(), diagnostics);
    }
  }
  return out;
}

DatasetInfos Executor::dataset_infos() const {
  DatasetInfos out(plan_.tasks.size());
  for (std::size_t t = 0; t < plan_.tasks.size(); ++t) {
    if (plan_.node_of(plan_.tasks[t]).kind() != "dataset" || results_[t].values.empty()) continue;
    const auto* made = std::get_if<std::shared_ptr<const Made>>(&results_[t].values[0]);
    if (made == nullptr || (*made)->shared == nullptr) continue;
    out[t] = DatasetProxy((*made)->shared->object()).open((*made)->shared->context());
  }
  return out;
}

}  // namespace shoal::host
