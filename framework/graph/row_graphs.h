#ifndef SHOAL_FRAMEWORK_GRAPH_ROW_GRAPHS_H_
#define SHOAL_FRAMEWORK_GRAPH_ROW_GRAPHS_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/load_experiment.h"
#include "framework/graph/structure.h"

namespace shoal::host {

/// The graphs of a matrix's rows. What rows have in common is read and checked once, and stored once:
///   structure  of rows that differ in nothing but parameters of nodes and the seed
///   node       of rows that give it the same parameters
///   graph      of rows with the same nodes, which differ in the seed alone
/// Rows in which a `${…}` hangs on the matrix, or that set a whole node, share only where all that they set is the
/// same: there one setting may change any part of the document.
class RowGraphs {
 public:
  /// The arguments must outlive this.
  RowGraphs(const LoadedExperiment& experiment, const Registry& registry);
  ~RowGraphs();
  RowGraphs(const RowGraphs&) = delete;
  RowGraphs& operator=(const RowGraphs&) = delete;

  /// Adds to `found` all that is wrong with the row, whatever other rows have been told. Null after errors.
  std::shared_ptr<const Graph> check(const config::Row& row, config::Diagnostics& found);

  /// One document alone, which sets all that its rows would.
  static void check_alone(const config::Value& document, const Registry& registry, const std::vector<std::string>& axes,
                          config::Diagnostics& found);

 private:
  struct Shape;

  bool sets_parameter(const config::Assignment& assignment) const;
  void find_varied();
  Shape& shape_of(const config::Row& row);
  void check_shape(const config::Row& row, Shape& shape) const;

  const LoadedExperiment& experiment_;
  const Registry& registry_;
  const std::vector<std::string> axes_;
  std::set<std::string> varied_;  // nodes of which rows set parameters; empty where these cannot be told apart
  std::map<std::string, std::unique_ptr<Shape>> shapes_;  // by what rows set beside parameters
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_ROW_GRAPHS_H_
