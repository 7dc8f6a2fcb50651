#include "framework/graph/row_graphs.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "framework/config/emit.h"
#include "framework/config/path.h"

namespace shoal::host {
namespace {

using config::Assignment;
using config::Diagnostics;
using config::Path;
using config::Row;
using config::Value;

using SharedNode = std::shared_ptr<const GraphNode>;

void add_all(const Diagnostics& from, Diagnostics& to) {
  for (config::Diagnostic& diagnostic : from.sorted()) to.add(std::move(diagnostic));
}

/// Equal names, equal effect: the same text from the same place, put at the same path.
std::string name_of(const Assignment& assignment) {
  const config::Place& place = assignment.value.place;
  return config::to_string(assignment.path) + "=" + config::emit_flow(assignment.value) + "@" + place.to_string() +
         (place.via ? " " + place.via->to_string() : "") + "\n";
}

/// A node as one or more rows have it.
struct CheckedNode {
  SharedNode node;
  Diagnostics setting;  // of putting the row's values where they belong
  Diagnostics found;    // of the node that this gives
};

/// A node of which rows set parameters.
struct VariedNode {
  std::size_t number = 0;
  Value written;                             // of the shape; with its parameters, on which rows lay theirs
  std::map<std::string, CheckedNode> known;  // by what rows set

  const CheckedNode& check(const Structure& structure, const std::vector<const Assignment*>& sets) {
    std::string name;
    for (const Assignment* assignment : sets) name += name_of(*assignment);
    const auto [entry, is_new] = known.try_emplace(std::move(name));
    CheckedNode& out = entry->second;
    if (!is_new) return out;
    const std::string& node = structure.nodes[number].name;
    Value document = Value::make_map(), nodes = Value::make_map();
    nodes.set(node, written, structure.nodes[number].place);
    document.set("nodes", std::move(nodes));
    for (const Assignment* assignment : sets) config::set(document, assignment->path, assignment->value, out.setting);
    const NodeSpec spec = read_node(document.find("nodes")->entries[0], out.found);
    out.node = with_parameters(structure, number, spec, out.found);
    return out;
  }
};

}  // namespace

/// Rows that differ in nothing but parameters and seed.
struct RowGraphs::Shape {
  Diagnostics making;                 // of their document
  std::vector<config::Place> failed;  // in it: what else is wrong there follows
  Diagnostics reading;                // of what is in it
  Structure structure;
  std::vector<SharedNode> nodes;  // of varied ones as the structure has them
  Diagnostics parameters;         // of all but the varied nodes
  std::map<std::string, VariedNode> varied;
  std::map<std::vector<SharedNode>, std::shared_ptr<const Graph>> graphs;  // by their varied nodes

  /// The graph with these in place of its varied nodes.
  std::shared_ptr<const Graph> graph_with(std::vector<SharedNode> replaced) {
    std::shared_ptr<const Graph>& graph = graphs[replaced];
    if (graph) return graph;
    std::vector<SharedNode> all = nodes;
    std::size_t next = 0;
    for (const auto& [name, node] : varied) all[node.number] = replaced[next++];
    graph = std::make_shared<const Graph>(structure.experiment, Nodes(std::move(all)), structure.order);
    return graph;
  }
};

RowGraphs::RowGraphs(const LoadedExperiment& experiment, const Registry& registry)
    : experiment_(experiment), registry_(registry), axes_(experiment.axis_names()) {
  find_varied();
}

RowGraphs::~RowGraphs() = default;

/// Whether it sets `nodes.<a node that is a map>.with…`.
bool RowGraphs::sets_parameter(const Assignment& assignment) const {
  const auto& segments = assignment.path.segments;
  if (segments.size() < 3 || segments[0].key != "nodes" || segments[2].key != "with") return false;
  const Value* nodes = experiment_.document.find("nodes");
  const Value* node = nodes != nullptr ? nodes->find(segments[1].key) : nullptr;
  return node != nullptr && node->is_map();
}

void RowGraphs::find_varied() {
  if (!experiment_.references.pending.empty()) return;
  bool apart = true;
  std::set<std::string> names;
  const auto look_at = [&](const std::vector<Assignment>& assignments) {
    for (const Assignment& assignment : assignments) {
      const auto& segments = assignment.path.segments;
      if (sets_parameter(assignment)) names.insert(segments[1].key);
      else if (segments[0].key == "nodes") apart = apart && segments.size() > 2 && segments[2].key != "like";
    }
  };
  for (const config::Axis& axis : experiment_.matrix.axes)
    for (const config::Case& one : axis.cases) look_at(one.assignments);
  for (const config::Matrix::AddedRow& row : experiment_.matrix.add) look_at(row.assignments);
  if (apart) varied_ = std::move(names);
}

RowGraphs::Shape& RowGraphs::shape_of(const Row& row) {
  std::string name;
  Row shared{.settings = {}, .assignments = {}, .seed = row.seed};
  if (!experiment_.references.pending.empty()) name = std::to_string(row.seed) + "\n";  // `${seed}` may be anywhere
  for (const Assignment& assignment : row.assignments) {
    if (!varied_.empty() && sets_parameter(assignment)) continue;
    name += name_of(assignment);
    shared.assignments.push_back(assignment);
  }
  std::unique_ptr<Shape>& shape = shapes_[name];
  if (!shape) {
    shape = std::make_unique<Shape>();
    check_shape(shared, *shape);
  }
  return *shape;
}

void RowGraphs::check_shape(const Row& row, Shape& shape) const {
  shape.failed = experiment_.failed;
  Value document = document_of_row(experiment_, row, shape.failed, shape.making);
  Value* nodes = document.find("nodes");
  std::map<std::string, Value> written;
  for (const std::string& name : varied_) {
    Value* node = nodes != nullptr ? nodes->find(name) : nullptr;
    if (node == nullptr) continue;
    written.emplace(name, *node);
    node->erase("with");  // each row's own is read in VariedNode
  }
  shape.structure =
      check_structure(std::make_shared<const Experiment>(read_experiment(document, shape.reading)), registry_, axes_);
  const std::vector<NodeSpec>& specs = shape.structure.experiment->nodes;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto varied = written.find(specs[i].name);
    shape.nodes.push_back(nullptr);
    if (varied != written.end()) shape.varied[specs[i].name] = {i, std::move(varied->second), {}};
    else shape.nodes[i] = with_parameters(shape.structure, i, specs[i], shape.parameters);
  }
}

std::shared_ptr<const Graph> RowGraphs::check(const Row& row, Diagnostics& found) {
  Shape& shape = shape_of(row);
  Diagnostics followed;
  add_all(shape.making, found);
  add_all(shape.reading, followed);
  std::vector<SharedNode> nodes;
  for (auto& [name, varied] : shape.varied) {
    std::vector<const Assignment*> sets;
    for (const Assignment& assignment : row.assignments)
      if (sets_parameter(assignment) && assignment.path.segments[1].key == name) sets.push_back(&assignment);
    const CheckedNode& node = varied.check(shape.structure, sets);
    add_all(node.setting, found);
    add_all(node.found, followed);
    nodes.push_back(node.node);
  }
  add_all(shape.parameters, followed);
  add_all(shape.structure.found, followed);
  const bool good = !followed.has_errors();
  if (good) add_all(shape.structure.unused, followed);
  add_but_at(shape.failed, followed, found);
  return good ? shape.graph_with(std::move(nodes)) : nullptr;
}

void RowGraphs::check_alone(const Value& document, const Registry& registry, const std::vector<std::string>& axes,
                            Diagnostics& found) {
  const Structure structure =
      check_structure(std::make_shared<const Experiment>(read_experiment(document, found)), registry, axes);
  const std::vector<NodeSpec>& specs = structure.experiment->nodes;
  for (std::size_t i = 0; i < specs.size(); ++i) with_parameters(structure, i, specs[i], found);
  add_all(structure.found, found);
  if (!found.has_errors()) add_all(structure.unused, found);
}

}  // namespace shoal::host
