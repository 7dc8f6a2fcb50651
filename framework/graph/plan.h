#ifndef SHOAL_FRAMEWORK_GRAPH_PLAN_H_
#define SHOAL_FRAMEWORK_GRAPH_PLAN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/matrix.h"
#include "framework/graph/graph.h"
#include "framework/graph/load_experiment.h"

namespace shoal::host {

/// A node of one or more rows that gives the same result in all of them: it is computed once.
struct Task {
  std::size_t row = 0;     ///< the first row that has it
  std::size_t node = 0;    ///< its number in that row's graph
  std::uint64_t seed = 0;  ///< of its random streams, see node_seed
  std::string key;         ///< names its result: component, library, parameters, seed if it is random, inputs' keys
  std::vector<std::vector<std::size_t>> inputs;  ///< per port, the tasks wired to it
  std::optional<std::size_t> made_by;            ///< for `use: node.output`, the task of that node
  std::vector<std::size_t> rows;                 ///< all rows that have it
};

/// One run of the matrix.
struct PlannedRow {
  PlannedRow(config::Row settings, std::shared_ptr<const Graph> checked)
      : row(std::move(settings)), graph(*checked), checked_(std::move(checked)) {}

  config::Row row;
  const Graph& graph;
  std::vector<std::size_t> tasks;  ///< of each node

 private:
  std::shared_ptr<const Graph> checked_;  // what `graph` refers to; rows that differ in their seed alone share one
};

/// What will be done, in which order.
struct Plan {
  config::Value document;  ///< the experiment as read, with the changes of the command line; of `${…}` it holds
                           ///< what hangs on the matrix
  std::vector<std::string> axes;          ///< names, as written
  std::vector<config::Setting> baseline;  ///< of `compare:`; none where it says none, or what is no more an axis
  std::vector<PlannedRow> rows;
  std::vector<Task> tasks;  ///< each after all that it depends on; rows one after the other
  /// Rows ask for different numbers of threads: then each number has work of its own, since what such rows differ in
  /// is time.
  bool threads_vary = false;

  /// The experiment with the settings of a row; made anew at each call, since a thousand would fill the memory.
  config::Value document_of(std::size_t row) const;

  const GraphNode& node_of(const Task& task) const { return rows[task.row].graph.nodes[task.node]; }

  LoadedExperiment loaded;  ///< what rows are made of
};

/// Loads, checks and plans an experiment file with the changes of the command line. Nothing comes back after errors;
/// `diagnostics` has all that can be found, of all rows, each once; nor where options.choose_rows leaves no row.
std::optional<Plan> plan_experiment(const PlanOptions& options, Registry& registry, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_PLAN_H_
