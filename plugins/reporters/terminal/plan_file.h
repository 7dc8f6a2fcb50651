// plan_file.h: which nodes a run has to work on, from plan.json in its folder.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_

#include <filesystem>
#include <string>
#include <vector>

namespace shoal {

/// A node that works.
struct PlannedNode {
  std::string name = {};
  /// The working nodes of the same row that it takes something of, itself or by what is only declared; each once.
  std::vector<std::string> after = {};
};

/// A row and the work that it has of its own; what rows share is in the first of them.
struct PlannedRow {
  std::string heading = {};             ///< "backend ours, kmeans.k 10  seed 3"
  std::vector<PlannedNode> nodes = {};  ///< in the order in which they run
};

/// The rows of a run. Empty where there is no plan that can be read: what runs is then shown without what is to come.
std::vector<PlannedRow> read_plan(const std::filesystem::path& run_folder);

/// "backend ours, kmeans.k 10  seed 3"; `settings` may be "".
std::string heading_of(const std::string& settings, long seed);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_
