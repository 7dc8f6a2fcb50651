#ifndef SHOAL_FRAMEWORK_GRAPH_EXPERIMENT_H_
#define SHOAL_FRAMEWORK_GRAPH_EXPERIMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::host {

using config::Place;

/// "learn.encoder": a node, and one of its outputs ("" is the default one).
struct OutputName {
  std::string node, output;
  Place place = {};
  std::string to_string() const { return output.empty() ? node : node + "." + output; }
};

/// `in: {port: node}` or `in: {port: [node, node]}`, as written.
struct InputSpec {
  std::string port;
  std::vector<OutputName> from;
  bool is_list = false;
  Place place = {};
};

/// A node as written; nothing of it has been looked up.
struct NodeSpec {
  std::string name;
  std::string use;
  std::vector<InputSpec> inputs;
  std::optional<config::Value> with;  ///< a map
  std::optional<std::int64_t> seed;
  std::optional<std::string> library;
  bool cached = true;                  ///< false: `cache: off`, its result is computed anew in every run
  std::optional<bool> isolated;        ///< `isolate:` process or none
  std::vector<config::Entry> unknown;  ///< keys that no node has
  double timeout_seconds = 0;  ///< `timeout:`, 0: none; a clusterer's fit it isolates too, unless that says none
  Place isolate_place = {}, timeout_place = {};
  Place place = {}, use_place = {}, library_place = {};
};

/// `figures: {loss: {x: step, y: learn.loss, by: backend}}`
struct FigureSpec {
  std::string name;
  std::string x;  ///< "step", "epoch", or the path of an axis
  std::vector<OutputName> y;
  std::optional<std::string> by;  ///< the path or name of an axis
  std::string title, y_scale;     ///< y_scale: "" or "log"
  Place place = {}, x_place = {}, by_place = {};
};

/// `run: {jobs: 4, timeout: 600}`: how it is run, which changes no result. What is not said, and what the command line
/// says, is as the options of `shoal run` have it.
struct RunSection {
  std::optional<std::int64_t> jobs = {};
  std::optional<bool> fail_fast = {};
  std::optional<double> checkpoint_every = {}, timeout = {};  ///< seconds; timeout: of each node that says none
  std::optional<std::int64_t> memory = {};                    ///< bytes that all jobs together may hold
  Place jobs_place = {}, memory_place = {};
};

/// `compare: {baseline: {backend: ours}, metrics: [quality.acc]}`: what `shoal compare` shows of its runs unless told
/// otherwise.
struct CompareSection {
  struct Label {
    std::string axis;
    config::Value label;  ///< a value of a path axis, or the name of a case
    Place place = {};
  };
  std::vector<Label> baseline = {};
  bool no_baseline = false;  ///< `baseline: none`
  std::vector<OutputName> metrics = {};
};

/// One row of an experiment file, read and not yet looked up.
struct Experiment {
  std::string name;
  std::string description;
  std::int64_t seed = 0;
  std::string device = "auto";
  std::int64_t threads = 0;  ///< 0: all that this process may use
  std::vector<std::string> plugins;
  RunSection run;
  CompareSection compare;
  std::vector<NodeSpec> nodes;
  std::vector<OutputName> report;
  std::vector<FigureSpec> figures;

  const NodeSpec* find(const std::string& node) const;
};

/// Reads an entry of `nodes`, as read_experiment does.
NodeSpec read_node(const config::Entry& entry, config::Diagnostics& diagnostics);

/// Reads a document whose matrix has been applied. Closed sets of keys: K201 with the nearest right one, but for keys
/// of nodes, which check can say more of; K202… for values of the wrong form. Finds all errors; what comes back after
/// errors is only good for finding more.
Experiment read_experiment(const config::Value& document, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_EXPERIMENT_H_
