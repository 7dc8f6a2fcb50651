#include "framework/graph/tasks.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "framework/plugin/digest.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr int kKeyFormat = 1;

/// The result's name: equal key, equal bytes.
std::string key_of(const Task& task, const GraphNode& node, const Plan& plan) {
  const std::vector<Task>& tasks = plan.tasks;
  const Experiment& experiment = plan.rows[task.row].graph.experiment;
  Digest digest;
  digest.number(kKeyFormat)
      .text(node.component.id())
      .text(node.component.library->digest())
      .number(node.at_work ? 1 : 0);
  if (node.parameters) node.parameters->add_to(digest);
  if (node.component.has_trait("random")) digest.number(static_cast<std::int64_t>(task.seed));
  if (node.component.library->descriptor.torch_tier())
    digest.text(node.component.library->descriptor.torch_build).text(experiment.device);
  if (plan.threads_vary && node.at_work) digest.text("threads").number(experiment.threads);
  if (task.made_by) digest.text(tasks[*task.made_by].key).number(static_cast<std::int64_t>(node.made_by->output));
  for (std::size_t port = 0; port < node.ports.size(); ++port) {
    if (node.wired[port].empty()) continue;
    digest.text(node.ports[port].name).number(static_cast<std::int64_t>(node.wired[port].size()));
    for (std::size_t i = 0; i < node.wired[port].size(); ++i)
      digest.text(tasks[task.inputs[port][i]].key).number(static_cast<std::int64_t>(node.wired[port][i].output));
  }
  return digest.hex();
}

/// The tasks of a plan while they are made, row after row.
class TaskTable {
 public:
  explicit TaskTable(Plan& plan) : plan_(plan) {}

  void add_row(std::size_t row_number) {
    PlannedRow& row = plan_.rows[row_number];
    const PlannedRow* like = find_like(row_number);
    row.tasks.resize(row.graph.nodes.size());
    same_.assign(row.graph.nodes.size(), false);
    for (const std::size_t i : row.graph.order) {
      same_[i] = like != nullptr && is_same(row, *like, i);
      row.tasks[i] = same_[i] ? like->tasks[i] : find_or_add(row_number, i);
      plan_.tasks[row.tasks[i]].rows.push_back(row_number);
    }
  }

 private:
  /// An earlier row with the same edges, of the same seed if there is one.
  const PlannedRow* find_like(std::size_t row_number) {
    const PlannedRow& row = plan_.rows[row_number];
    const Experiment* structure = &row.graph.experiment;
    const auto [of_seed, is_new] = first_of_seed_.try_emplace({structure, row.row.seed}, row_number);
    if (!is_new) return &plan_.rows[of_seed->second];
    const auto [of_any, is_first] = first_.try_emplace(structure, row_number);
    return is_first ? nullptr : &plan_.rows[of_any->second];
  }

  /// Whether node `i` gives the same result in both rows, given that this is known of all that it takes.
  bool is_same(const PlannedRow& row, const PlannedRow& like, std::size_t i) const {
    const GraphNode& node = row.graph.nodes[i];
    if (&node != &like.graph.nodes[i]) return false;
    if (row.row.seed != like.row.seed && !node.seed && node.component.has_trait("random")) return false;
    const auto source_is_same = [&](const Source& source) { return same_[source.node]; };
    return (!node.made_by || source_is_same(*node.made_by)) &&
           std::all_of(node.wired.begin(), node.wired.end(),
                       [&](const Wired& wired) { return std::all_of(wired.begin(), wired.end(), source_is_same); });
  }

  std::size_t find_or_add(std::size_t row_number, std::size_t i) {
    const PlannedRow& row = plan_.rows[row_number];
    const GraphNode& node = row.graph.nodes[i];
    Task task;
    task.row = row_number;
    task.node = i;
    task.seed = node_seed(node.seed.value_or(row.row.seed), node.name);
    for (const Wired& wired : node.wired) {
      task.inputs.emplace_back();
      for (const Source& source : wired) task.inputs.back().push_back(row.tasks[source.node]);
    }
    if (node.made_by) task.made_by = row.tasks[node.made_by->node];
    task.key = key_of(task, node, plan_);
    // The name belongs to it, since scalars and errors are said under it; it is no part of the key.
    // So is where it is fitted, the same bytes but another chance to end, whether a kept result will do, and hence by
    // which tasks its inputs are made.
    std::string how = text(" {} {}", node.isolated ? "isolated" : "here", node.timeout_seconds);
    if (!node.cached) how += " anew";
    for (const auto& port : task.inputs)
      for (const std::size_t input : port) how += text(" {}", input);
    if (task.made_by) how += text(" by {}", *task.made_by);
    const auto [entry, added] = known_.try_emplace(task.key + node.name + how, plan_.tasks.size());
    if (added) plan_.tasks.push_back(std::move(task));
    return entry->second;
  }

  Plan& plan_;
  std::map<std::string, std::size_t> known_;                                         // tasks, by what makes them one
  std::map<std::pair<const Experiment*, std::int64_t>, std::size_t> first_of_seed_;  // rows
  std::map<const Experiment*, std::size_t> first_;
  std::vector<bool> same_;  // of the row at hand, whether a node's task is that of the row it is like
};

}  // namespace

void add_tasks(Plan& plan) {
  plan.threads_vary = std::any_of(plan.rows.begin(), plan.rows.end(), [&](const PlannedRow& row) {
    return row.graph.experiment.threads != plan.rows[0].graph.experiment.threads;
  });
  TaskTable table(plan);
  for (std::size_t row = 0; row < plan.rows.size(); ++row) table.add_row(row);
}

}  // namespace shoal::host
