#ifndef SHOAL_FRAMEWORK_GRAPH_LOAD_EXPERIMENT_H_
#define SHOAL_FRAMEWORK_GRAPH_LOAD_EXPERIMENT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/interpolate.h"
#include "framework/config/matrix.h"

namespace shoal::host {

/// What a user names to have an experiment: its file and the changes of the command line.
struct PlanOptions {
  std::string file;
  std::vector<std::string> overrides = {};  ///< "path=value", "path+=value", "~path"
  std::optional<std::int64_t> seeds = {};   ///< --seeds N
  std::vector<std::string> overlays = {};   ///< --with FILE, each over what is before it
  std::vector<std::string> axes = {};       ///< -m path=1,2,3
  std::string data_folder = {};             ///< `${data}`
  std::string shard = {};                   ///< --shard I/N: only its rows; "" is all

  /// Which rows of the document's there are to be, before they are sharded; set by who knows more than the file says.
  /// Where it leaves none and finds nothing wrong, no plan comes back.
  std::function<std::vector<config::Row>(const config::Value& document, std::vector<config::Row>, config::Diagnostics&)>
      choose_rows = {};
};

/// An experiment as the files and the command line say it, before rows are made of it.
struct LoadedExperiment {
  /// All layers in one. No base, like or tag is in it; of `${…}` only what hangs on the matrix.
  config::Value document;
  config::Matrix matrix;              ///< no axes where the experiment has none
  bool matrix_is_good = true;         ///< false: it was read with errors, and there are no rows
  config::References references;      ///< what rows are interpolated with; `pending` is what the matrix sets
  std::vector<config::Place> failed;  ///< scalars whose `${…}` had an error

  std::vector<std::string> axis_names() const;
};

/// Loads the files (config/layers.h), makes the changes of the command line, reads the matrix and interpolates what
/// does not hang on it. Nothing comes back where a file cannot be read; else what is good for finding more errors.
std::optional<LoadedExperiment> load_experiment(const PlanOptions& options, config::Diagnostics& diagnostics);

/// The document of one row: its settings made, all `${…}` replaced, `vars` taken out. Places of scalars with errors are
/// added to `failed`.
config::Value document_of_row(const LoadedExperiment& experiment, const config::Row& row,
                              std::vector<config::Place>& failed, config::Diagnostics& diagnostics);

/// Adds to `all` what `found` has, but for what stands at one of `failed`: it follows from the error that is said.
void add_but_at(const std::vector<config::Place>& failed, const config::Diagnostics& found, config::Diagnostics& all);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_LOAD_EXPERIMENT_H_
