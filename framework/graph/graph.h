#ifndef SHOAL_FRAMEWORK_GRAPH_GRAPH_H_
#define SHOAL_FRAMEWORK_GRAPH_GRAPH_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/graph/experiment.h"
#include "framework/graph/parameters.h"
#include "framework/plugin/registry.h"

namespace shoal::host {

/// What a port takes or gives: "features", "labels", "array", "number", "series", or a kind of component.
using PortType = std::string;

/// An input port that a node has by its kind or its component.
struct InputPort {
  std::string name;
  PortType type;
  bool required = false;
  bool list = false;
  std::string help = {};
  std::string needs = {};  ///< the interface that a component wired here must offer, "torch.decoder/1"; "": any will do
};

/// An output; the first of a node is its default.
struct OutputPort {
  std::string name;
  PortType type;
  unsigned better = 0;  ///< SHOAL_HIGHER, SHOAL_LOWER or 0
  std::string help = {};
};

/// An edge's upper end: output number `output` of node number `node`.
struct Source {
  std::size_t node = 0, output = 0;
  Place place = {};
};

/// What is wired to one port; parallel to GraphNode::ports.
using Wired = std::vector<Source>;

/// A node whose names have all been looked up.
struct GraphNode {
  std::string name;
  /// The component that it uses; for `use: node.output` the one that the other node started from.
  ComponentEntry component;
  /// Set for `use: node.output`: where the made component comes from.
  std::optional<Source> made_by;
  /// At work it computes when its turn comes; else it is only a component for others to use.
  bool at_work = false;
  std::shared_ptr<const Parameters> parameters;  ///< null for `use: node.output`
  std::vector<InputPort> ports;
  std::vector<Wired> wired;
  std::vector<OutputPort> outputs;
  std::optional<std::int64_t> seed;
  bool cached = true;          ///< its result may be kept and taken from the store
  bool isolated = false;       ///< a clusterer that is fitted in a process of its own
  double timeout_seconds = 0;  ///< after which that process is ended; 0: never
  Place place = {}, use_place = {};

  std::string_view kind() const { return component.kind(); }
  std::optional<std::size_t> find_output(std::string_view output) const;  ///< "" is the default one
  const Wired* find_wired(std::string_view port) const;  ///< null: no such port, or nothing wired to it
};

/// A checked experiment: every edge has two ends of one type, and nothing depends on itself.
struct Graph {
  Experiment experiment;
  std::vector<GraphNode> nodes;    ///< as written
  std::vector<std::size_t> order;  ///< each after all that it depends on; else as written

  const GraphNode& node(const std::string& name) const;
};

/// Looks up everything an experiment names. Says all that is wrong: no such component (K202), in two libraries (K216),
/// refused library (K217), parameters (K203…), no such node or output (G301, G302), types (G303), missing and unknown
/// ports (G304, G305), cycles (G306), unused nodes (G307, a warning), one node too many (G308), what report and figures
/// name (G310, M501), isolation of what cannot be isolated (G311). Nothing comes back after errors. `axes` are the
/// names of the matrix's axes, for figures.
std::optional<Graph> check(const Experiment& experiment, const Registry& registry, const std::vector<std::string>& axes,
                           config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_GRAPH_H_
