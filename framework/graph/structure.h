#ifndef SHOAL_FRAMEWORK_GRAPH_STRUCTURE_H_
#define SHOAL_FRAMEWORK_GRAPH_STRUCTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "framework/graph/graph.h"

namespace shoal::host {

/// An experiment in which all is looked up but the parameters of its nodes: what rows share that differ in those alone,
/// since no edge hangs on a parameter.
struct Structure {
  std::shared_ptr<const Experiment> experiment;
  std::vector<GraphNode> nodes;    ///< as written, without parameters; after errors of `found` parts may be missing
  std::vector<std::size_t> order;  ///< each after all that it depends on; else as written
  Neighbours neighbours;           ///< all nodes that have parameters
  config::Diagnostics found;
  config::Diagnostics unused;  ///< G307, said where the experiment has no error: what uses a node may be what is wrong
};

/// Looks up everything an experiment names, but for parameters. Finds all that is wrong: no such component (K202), in
/// two libraries (K216), refused library (K217), no such node or output (G301, G302), types (G303), missing and unknown
/// ports (G304, G305), cycles (G306), unused nodes (G307, a warning), one node too many (G308), what report and figures
/// name (G310, M501), isolation of what cannot be isolated (G311), a timeout
/// of what has no work of its own (G312). `axes` are the names of the matrix's axes, for
/// figures.
Structure check_structure(std::shared_ptr<const Experiment> experiment, const Registry& registry,
                          const std::vector<std::string>& axes);

/// Node number `i` with its parameters, as `spec` writes them (K203…, see check_parameters; K214, see creation.h); a
/// made one takes none (K201). `spec` is that of the structure's experiment, or differs from it in parameters alone.
std::shared_ptr<const GraphNode> with_parameters(const Structure& structure, std::size_t i, const NodeSpec& spec,
                                                 config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_STRUCTURE_H_
