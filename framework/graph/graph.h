#ifndef SHOAL_FRAMEWORK_GRAPH_GRAPH_H_
#define SHOAL_FRAMEWORK_GRAPH_GRAPH_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
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
  bool isolated = false;       ///< it works in a process of its own
  double timeout_seconds = 0;  ///< after which that process is ended, or else the component is asked to stop; 0: never
  Place place = {}, use_place = {};

  std::string_view kind() const { return component.kind(); }
  std::optional<std::size_t> find_output(std::string_view output) const;  ///< "" is the default one
  const Wired* find_wired(std::string_view port) const;  ///< null: no such port, or nothing wired to it
};

/// The nodes of a graph. Each is shared with the graphs of other rows that have it just so: a matrix may have a
/// thousand rows that differ in one node of a thousand.
class Nodes {
 public:
  class Iterator {
   public:
    explicit Iterator(const std::shared_ptr<const GraphNode>* at) : at_(at) {}
    const GraphNode& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::shared_ptr<const GraphNode>* at_;
  };

  Nodes() = default;
  explicit Nodes(std::vector<std::shared_ptr<const GraphNode>> nodes) : nodes_(std::move(nodes)) {}

  std::size_t size() const { return nodes_.size(); }
  const GraphNode& operator[](std::size_t i) const { return *nodes_[i]; }
  Iterator begin() const { return Iterator(nodes_.data()); }
  Iterator end() const { return Iterator(nodes_.data() + nodes_.size()); }

 private:
  std::vector<std::shared_ptr<const GraphNode>> nodes_;
};

/// A checked experiment: every edge has two ends of one type, and nothing depends on itself.
class Graph {
 public:
  Graph(std::shared_ptr<const Experiment> written, Nodes all, std::vector<std::size_t> in_order)
      : experiment(*written), nodes(std::move(all)), order(std::move(in_order)), written_(std::move(written)) {}

  /// As written, but that rows which differ only in parameters of nodes and in their seed have one: of those it has
  /// the first row's seed, and no parameters.
  const Experiment& experiment;
  Nodes nodes;                     ///< as written
  std::vector<std::size_t> order;  ///< each after all that it depends on; else as written

  const GraphNode& node(const std::string& name) const;

 private:
  std::shared_ptr<const Experiment> written_;  // what `experiment` refers to; shared by the graphs of many rows
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_GRAPH_H_
