#ifndef SHOAL_FRAMEWORK_USE_FINISHED_RUN_H_
#define SHOAL_FRAMEWORK_USE_FINISHED_RUN_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "framework/config/diagnostics.h"
#include "framework/graph/plan.h"

namespace shoal::host {

/// Which row of a run is meant; both may be left out where there is one.
struct RowChoice {
  std::optional<std::size_t> row = {};  ///< from 1
  std::optional<std::int64_t> seed = {};
};

/// One row of a run, to be used: its graph, planned again from resolved.yaml, and its artifacts. Neither the store nor
/// the data of the run are needed.
class FinishedRun {
 public:
  /// Reads the folder and plans its row. Nothing, with errors in `diagnostics`, where resolved.yaml cannot be planned:
  /// a plugin that is not here, say.
  /// Throws InputError  no run folder, a damaged plan.json, a row that is not there or not said: with the rows there
  /// are
  static std::optional<FinishedRun> open(const std::filesystem::path& folder, const RowChoice& choice,
                                         Registry& registry, config::Diagnostics& diagnostics);

  const std::filesystem::path& folder() const { return folder_; }
  const Graph& graph() const { return plan_.rows[0].graph; }
  std::size_t row() const { return row_; }    ///< from 1
  std::size_t rows() const { return rows_; }  ///< of the run
  std::int64_t seed() const { return plan_.rows[0].row.seed; }
  /// Of the random streams of a node.
  std::uint64_t node_seed(std::size_t node) const { return plan_.tasks[plan_.rows[0].tasks[node]].seed; }
  std::size_t number_of(const std::string& node) const;  ///< of a node of the graph

  /// Where the run keeps `node.rest`, "learn.encoder.safetensors": of the first row that had the same work.
  std::filesystem::path artifact(std::size_t node, const std::string& rest) const;

 private:
  FinishedRun(Plan plan, std::filesystem::path folder, std::size_t row, std::size_t rows,
              std::map<std::string, std::size_t> row_of_node);

  Plan plan_;  // of this row alone
  std::filesystem::path folder_;
  std::size_t row_, rows_;
  std::map<std::string, std::size_t> row_of_node_;  // from 0: where its artifacts are
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_FINISHED_RUN_H_
