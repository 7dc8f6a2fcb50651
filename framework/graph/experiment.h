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
  bool isolated = false;               ///< `isolate: process`
  std::vector<config::Entry> unknown;  ///< keys that no node has
  double timeout_seconds = 0;          ///< `timeout:`, 0: none; it isolates too
  Place isolate_place = {};            ///< of whichever of the two was written
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

/// One row of an experiment file, read and not yet looked up.
struct Experiment {
  std::string name;
  std::string description;
  std::int64_t seed = 0;
  std::string device = "auto";
  std::int64_t threads = 0;  ///< 0: all that this process may use
  std::vector<std::string> plugins;
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
