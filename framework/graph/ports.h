#ifndef SHOAL_FRAMEWORK_GRAPH_PORTS_H_
#define SHOAL_FRAMEWORK_GRAPH_PORTS_H_

#include <vector>

#include "framework/graph/graph.h"

namespace shoal::host {

/// What a node that uses this component takes and gives. `at_work`: it is given data; `made`: it is one that another
/// node made, so that it only applies, predicts or embeds.
struct Signature {
  std::vector<InputPort> inputs;
  std::vector<OutputPort> outputs;
};
Signature signature_of(const ComponentEntry& entry, bool at_work, bool made);

/// Whether a node of this kind computes: always (metric, trainer), never (head, dataset …), or when its `data` is
/// wired.
enum class Work { always, never, with_data };
Work work_of(std::string_view kind);

/// Whether a node of this kind that does its own work can do it in a process of its own: it works on arrays alone.
bool can_be_isolated(std::string_view kind);

/// Whether what `from` gives can go into a port of type `to`; a dataset goes where features are wanted.
bool fits(const PortType& from, const PortType& to);

/// "features (N, D)": a type said to people.
std::string describe_port_type(const PortType& type);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_PORTS_H_
