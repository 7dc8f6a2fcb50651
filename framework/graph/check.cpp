#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "framework/config/path.h"
#include "framework/graph/creation.h"
#include "framework/graph/order.h"
#include "framework/graph/ports.h"
#include "framework/graph/structure.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::vector<std::string> names_of(const std::vector<OutputPort>& outputs) {
  std::vector<std::string> names;
  for (const OutputPort& output : outputs) names.push_back(output.name);
  return names;
}

/// Looks up one experiment, node by node.
class Checker {
 public:
  Checker(std::shared_ptr<const Experiment> experiment, const Registry& registry)
      : experiment_(*experiment), registry_(registry), diagnostics_(out_.found) {
    out_.experiment = std::move(experiment);
    for (const NodeSpec& spec : experiment_.nodes) {
      node_numbers_.emplace(spec.name, node_names_.size());
      node_names_.push_back(spec.name);
    }
  }

  Structure run(const std::vector<std::string>& axes) {
    for (const NodeSpec& spec : experiment_.nodes) out_.nodes.push_back(begin_node(spec));
    resolve_made();
    say_unknown_keys();
    for (std::size_t i = 0; i < out_.nodes.size(); ++i)
      if (!out_.nodes[i].made_by) finish_node(i);
    for (std::size_t i = 0; i < out_.nodes.size(); ++i)
      if (out_.nodes[i].made_by) finish_made(i);
    for (std::size_t i = 0; i < out_.nodes.size(); ++i) wire(i);
    out_.order = put_in_order(out_.nodes, diagnostics_);
    check_report();
    check_figures(axes);
    find_unused();
    return std::move(out_);
  }

 private:
  /// Looks up the component of `use: kind/name`.
  GraphNode begin_node(const NodeSpec& spec) {
    GraphNode node;
    node.name = spec.name;
    node.place = spec.place;
    node.use_place = spec.use_place;
    node.seed = spec.seed;
    if (spec.use.find('/') == std::string::npos) return node;  // made by another node
    const auto found = candidates(spec);
    if (found.empty()) {
      say_unknown_component(spec);
    } else if (found.size() > 1) {
      diagnostics_.error(
          "K216", spec.use_place,
          text("'{}' is in both {} and {}", spec.use, found[0].library->file.string(), found[1].library->file.string()),
          {{text("choose one with `library: {}`", short_name(found)), {}}});
    } else {
      node.component = found[0];
    }
    return node;
  }

  /// What `library` may say for the first of them: its file's name, if that is no other's.
  static std::string short_name(const std::vector<ComponentEntry>& found) {
    const auto& file = found[0].library->file;
    const bool same = std::any_of(found.begin() + 1, found.end(), [&](const ComponentEntry& entry) {
      return entry.library->file.filename() == file.filename();
    });
    return same ? file.string() : file.filename().string();
  }

  std::vector<ComponentEntry> candidates(const NodeSpec& spec) const {
    auto found = registry_.find(spec.use);
    if (spec.library)
      std::erase_if(found, [&](const ComponentEntry& entry) {
        return entry.library->file != *spec.library && entry.library->file.filename() != *spec.library;
      });
    return found;
  }

  void say_unknown_component(const NodeSpec& spec) {
    if (const auto everywhere = registry_.find(spec.use); !everywhere.empty()) {
      diagnostics_.error("K202", spec.library_place, text("'{}' is not in library '{}'", spec.use, *spec.library),
                         {{text("it is in {}", everywhere[0].library->file.filename().string()), {}}});
      return;
    }
    auto& error = diagnostics_.error(
        "K202", spec.use_place,
        text("there is no component '{}'", spec.use) + config::did_you_mean(spec.use, registry_.ids()));
    for (const Refusal& refusal : registry_.refusals())
      if (refusal.damaged)
        error.notes.push_back({text("not loaded: {}: {}", refusal.file.string(), refusal.reason), {}});
    if (registry_.libraries().empty()) {
      for (const auto& folder : registry_.folders())
        error.notes.push_back({text("no plugin was found in {}", folder.string()), {}});
    }
  }

  /// K201 for the keys that no node has; a parameter belongs under `with`.
  void say_unknown_keys() {
    for (std::size_t i = 0; i < out_.nodes.size(); ++i)
      for (const config::Entry& entry : experiment_.nodes[i].unknown) {
        auto& error = diagnostics_.error("K201", entry.key_place,
                                         text("unknown key '{}' in node '{}'", entry.key, experiment_.nodes[i].name));
        const ComponentEntry& component = out_.nodes[i].component;
        if (component.component != nullptr && has_parameter(*component.component, entry.key))
          error.notes.push_back(
              {text("it is a parameter of {}: write `with: ", component.id()) + "{" + entry.key + ": …}`", {}});
        else error.message += config::did_you_mean(entry.key, config::node_keys());
        error.notes.push_back({text("known here: {}", join(config::node_keys())), {}});
      }
  }

  /// `use: node.output`: which node that is. Its outputs are known only when all other nodes are finished.
  void resolve_made() {
    for (std::size_t i = 0; i < out_.nodes.size(); ++i) {
      const NodeSpec& spec = experiment_.nodes[i];
      if (spec.use.empty() || spec.use.find('/') != std::string::npos) continue;
      const auto dot = spec.use.find('.');
      const OutputName name{spec.use.substr(0, dot), dot == std::string::npos ? "" : spec.use.substr(dot + 1),
                            spec.use_place};
      const auto upper = find_node(name, with_kind(spec.use));
      if (!upper) continue;
      made_names_.emplace(i, name);
      out_.nodes[i].made_by = Source{*upper, 0, spec.use_place};
    }
  }

  /// `use: kmeans` may mean clusterer/kmeans.
  std::vector<config::Note> with_kind(const std::string& use) const {
    std::vector<config::Note> out;
    for (const std::string& id : registry_.ids())
      if (id.ends_with("/" + use)) out.push_back({text("a component is named with its kind: use: {}", id), {}});
    return out;
  }

  std::optional<std::size_t> find_node(const OutputName& name, std::vector<config::Note> help = {}) {
    if (const auto found = node_numbers_.find(name.node); found != node_numbers_.end()) {
      named_.insert(name.node);
      return found->second;
    }
    diagnostics_.error("G301", name.place,
                       text("there is no node '{}'", name.node) + config::did_you_mean(name.node, node_names_),
                       std::move(help));
    return std::nullopt;
  }

  /// Ports and outputs, now that the component is known.
  void finish_node(std::size_t i) {
    const NodeSpec& spec = experiment_.nodes[i];
    GraphNode& node = out_.nodes[i];
    if (node.component.component == nullptr) return;
    // Where a component without data takes nothing, whatever is wired to it was meant for its work.
    const bool given_data =
        std::any_of(spec.inputs.begin(), spec.inputs.end(), [](const InputSpec& in) { return in.port == "data"; }) ||
        (!spec.inputs.empty() && signature_of(node.component, false, false).inputs.empty());
    const Work work = work_of(node.kind());
    node.at_work = work == Work::always || (work == Work::with_data && given_data);
    out_.neighbours.emplace_back(node.name, node.component.component);
    take_signature(node, signature_of(node.component, node.at_work, false));
    take_manner(spec, node);
  }

  /// How its work is done: kept or not, where, for how long. What is fitted in a process of its own leaves labels and
  /// centroids here, but not itself.
  void take_manner(const NodeSpec& spec, GraphNode& node) {
    node.cached = spec.cached;
    node.timeout_seconds = spec.timeout_seconds;
    const bool fits = can_be_isolated(node.kind()) && node.at_work && !node.made_by;
    node.isolated = fits && spec.isolated.value_or(node.kind() == "clusterer" && spec.timeout_seconds > 0);
    if (spec.isolated == true && !fits)
      diagnostics_.error("G311", spec.isolate_place,
                         text("'{}' cannot be isolated: only a transform or clusterer that is fitted here, with "
                              "`in: {data: …}`, and a metric run in a process of their own",
                              spec.name));
    if (spec.timeout_seconds > 0 && !node.at_work && node.kind() != "dataset")
      diagnostics_.error("G312", spec.timeout_place,
                         text("'{}' has no time of its own: {} works within the nodes that it is wired to", spec.name,
                              describe_port_type(std::string(node.kind()))),
                         {{"give the timeout to those", {}}});
  }

  /// `use: learn.encoder`: the kind is that of the output; the component is found where the made one came from.
  void finish_made(std::size_t i) {
    const NodeSpec& spec = experiment_.nodes[i];
    GraphNode& node = out_.nodes[i];
    const OutputName& name = made_names_.at(i);
    const GraphNode& upper = out_.nodes[node.made_by->node];
    const auto output = output_of(node.made_by->node, name);
    if (!output) {
      node.component = {};
      return;
    }
    node.made_by->output = *output;
    const PortType& type = upper.outputs[*output].type;
    if (work_of(type) != Work::with_data) {
      diagnostics_.error("G303", spec.use_place,
                         text("'{}' is {}: only a transform, an encoder or a clusterer can be put to work", spec.use,
                              describe_port_type(type)));
      node.component = {};
      return;
    }
    node.component = origin_of(node.made_by->node, type, out_.nodes.size());
    if (node.component.component == nullptr) {
      diagnostics_.error(
          "G303", spec.use_place,
          text("which {} '{}' is cannot be told: nothing of that kind goes into '{}'", type, spec.use, name.node));
      return;
    }
    node.at_work = true;
    take_signature(node, signature_of(node.component, true, true));
    take_manner(spec, node);
  }

  /// The component that a made one of kind `type` started from: the maker itself, or what is wired to it, along at most
  /// `steps` edges (so that a cycle, which has its own error, ends).
  ComponentEntry origin_of(std::size_t maker, const PortType& type, std::size_t steps) {
    const GraphNode& node = out_.nodes[maker];
    if (node.component.component != nullptr && node.kind() == type) return node.component;
    if (steps == 0) return {};
    for (const InputSpec& input : experiment_.nodes[maker].inputs)
      for (const OutputName& from : input.from) {
        const auto found = node_numbers_.find(from.node);
        if (found == node_numbers_.end()) continue;
        const std::size_t upper = found->second;
        const auto output = out_.nodes[upper].find_output(from.output);
        if (output && out_.nodes[upper].outputs[*output].type == type) return origin_of(upper, type, steps - 1);
      }
    return {};
  }

  static void take_signature(GraphNode& node, Signature signature) {
    node.ports = std::move(signature.inputs);
    node.outputs = std::move(signature.outputs);
    node.wired.resize(node.ports.size());
  }

  /// The output that `name` means at node `node`; G302 where it has none of that name.
  std::optional<std::size_t> output_of(std::size_t node, const OutputName& name) {
    const GraphNode& upper = out_.nodes[node];
    if (upper.outputs.empty()) {  // its own error has been said, or it is a trainer or metric without outputs
      if (upper.component.component != nullptr && !name.output.empty())
        diagnostics_.error("G302", name.place, text("'{}' has no outputs", name.node));
      return std::nullopt;
    }
    if (upper.isolated && name.output == upper.kind()) {
      diagnostics_.error(
          "G302", name.place,
          text("'{}' is fitted in a process of its own, which is gone when others want its {}", name.node, name.output),
          {{name.output == "clusterer" ? "take its labels or centroids, or leave `isolate` and `timeout` out"
                                       : "take its features, or leave `isolate` out",
            {}}});
      return std::nullopt;
    }
    if (const auto found = upper.find_output(name.output)) return found;
    const auto names = names_of(upper.outputs);
    diagnostics_.error(
        "G302", name.place,
        text("'{}' has no output '{}'", name.node, name.output) + config::did_you_mean(name.output, names),
        {{text("outputs of {}: {} (the first is the default)", upper.component.id(), join(names)), {}}});
    return std::nullopt;
  }

  void wire(std::size_t i) {
    GraphNode& node = out_.nodes[i];
    if (node.component.component == nullptr) return look_up_inputs(i);
    std::set<std::string> given;
    for (const InputSpec& input : experiment_.nodes[i].inputs) {
      given.insert(input.port);
      const auto port =
          std::find_if(node.ports.begin(), node.ports.end(), [&](const InputPort& p) { return p.name == input.port; });
      if (port == node.ports.end()) {
        if (const auto meant = say_unknown_port(node, input)) given.insert(*meant);
        look_up(input);
        continue;
      }
      if (!port->list && input.from.size() > 1)
        diagnostics_.error("G308", input.place,
                           text("'{}' takes one node, but is given {}", input.port, input.from.size()));
      for (const OutputName& from : input.from)
        connect(node, *port, node.wired[static_cast<std::size_t>(port - node.ports.begin())], from);
    }
    for (const InputPort& port : node.ports)
      if (port.required && !given.contains(port.name))
        diagnostics_.error(
            "G304", node.place, text("'{}' has nothing wired to '{}'", node.name, port.name),
            {{text("{} needs {} there: {}", node.component.id(), describe_port_type(port.type), port.help), {}}});
  }

  /// What goes into a node whose component is unknown: its names can be wrong all the same.
  void look_up_inputs(std::size_t i) {
    for (const InputSpec& input : experiment_.nodes[i].inputs) look_up(input);
  }

  void look_up(const InputSpec& input) {
    for (const OutputName& from : input.from)
      if (const auto upper = find_node(from)) output_of(*upper, from);
  }

  /// Returns the port that was likely meant.
  std::optional<std::string> say_unknown_port(const GraphNode& node, const InputSpec& input) {
    std::vector<std::string> names;
    for (const InputPort& port : node.ports) names.push_back(port.name);
    const bool clusterer = node.kind() == "clusterer" && (input.port == "weights" || input.port == "init");
    if (clusterer && node.at_work && !node.made_by) {
      std::vector<std::string> others;
      for (const ComponentEntry& entry : registry_.all())
        if (entry.kind() == "clusterer" && entry.has_trait("input:" + input.port)) others.emplace_back(entry.id());
      diagnostics_.error("P403", input.place, text("{} does not take '{}'", node.component.id(), input.port),
                         {{others.empty() ? "no clusterer here does" : text("these do: {}", join(others)), {}}});
      return std::nullopt;
    }
    diagnostics_.error(
        "G305", input.place,
        text("{} has no input '{}'", node.component.id(), input.port) + config::did_you_mean(input.port, names),
        {{names.empty() ? "it has no inputs" : text("inputs: {}", join(names)), {}}});
    return config::nearest_name(input.port, names);
  }

  void connect(const GraphNode& node, const InputPort& port, Wired& wired, const OutputName& from) {
    const auto upper = find_node(from);
    if (!upper) return;
    const auto output = output_of(*upper, from);
    if (!output) return;
    const PortType& type = out_.nodes[*upper].outputs[*output].type;
    if (!fits(type, port.type)) {
      auto& error = diagnostics_.error("G303", from.place,
                                       text("'{}' of '{}' wants {}, but '{}' gives {}", port.name, node.name,
                                            describe_port_type(port.type), from.to_string(), describe_port_type(type)));
      for (const OutputPort& other : out_.nodes[*upper].outputs)
        if (fits(other.type, port.type)) error.notes.push_back({text("'{}.{}' would fit", from.node, other.name), {}});
      return;
    }
    if (!port.needs.empty() && !offers(*upper, type, port.needs)) {
      say_not_offered(node, port, from, component_behind(*upper, type));
      return;
    }
    wired.push_back({*upper, *output, from.place});
  }

  /// What a component of kind `type` that node `upper` gives is, or was made from; its component may be null.
  ComponentEntry component_behind(std::size_t upper, const PortType& type) {
    return origin_of(upper, type, out_.nodes.size());
  }

  /// Whether it offers the interface. What cannot be told is let pass, to be found at run time.
  bool offers(std::size_t upper, const PortType& type, const std::string& interface) {
    const ComponentEntry entry = component_behind(upper, type);
    return entry.component == nullptr || entry.component->find(interface.c_str()) != nullptr;
  }

  void say_not_offered(const GraphNode& node, const InputPort& port, const OutputName& from,
                       const ComponentEntry& given) {
    std::vector<std::string> others;
    for (const ComponentEntry& entry : registry_.all())
      if (entry.kind() == given.kind() && entry.component->find(port.needs.c_str()) != nullptr)
        others.emplace_back(entry.id());
    diagnostics_.error("P403", from.place,
                       text("'{}' of '{}' needs {} with the trait '{}', which {} has not", port.name, node.name,
                            describe_port_type(port.type), trait_of_interface(port.needs), given.id()),
                       {{others.empty() ? "no component here has it" : text("these have it: {}", join(others)), {}}});
  }

  /// The output behind a name of `report` or of a figure, which must be a number or a series.
  const OutputPort* find_number(const OutputName& name, const char* where) {
    const auto node = find_node(name);
    if (!node) return nullptr;
    const auto output = output_of(*node, name);
    if (!output) return nullptr;
    const OutputPort& port = out_.nodes[*node].outputs[*output];
    if (port.type == "number" || port.type == "series") return &port;
    std::vector<std::string> numbers;
    for (const OutputPort& other : out_.nodes[*node].outputs)
      if (other.type == "number" || other.type == "series") numbers.push_back(name.node + "." + other.name);
    diagnostics_.error(
        "G310", name.place,
        text("{} wants a number, but '{}' is {}", where, name.to_string(), describe_port_type(port.type)),
        {{numbers.empty() ? text("'{}' gives no numbers", name.node) : text("numbers of it: {}", join(numbers)), {}}});
    return nullptr;
  }

  void check_report() {
    for (const OutputName& name : experiment_.report) find_number(name, "report");
    for (const OutputName& name : experiment_.compare.metrics) find_number(name, "compare");
  }

  void check_figures(const std::vector<std::string>& axes) {
    for (const FigureSpec& figure : experiment_.figures) {
      const bool over_steps = figure.x == "step" || figure.x == "epoch";
      for (const OutputName& name : figure.y) {
        const OutputPort* port = find_number(name, "a figure's y");
        if (port != nullptr && over_steps && port->type != "series")
          diagnostics_.error(
              "G310", name.place,
              text("'{}' is one number a run, so it has no {}s to draw over", name.to_string(), figure.x),
              {{"put an axis of the matrix at x", {}}});
      }
      const auto is_axis = [&](const std::string& axis) {
        return std::find(axes.begin(), axes.end(), axis) != axes.end();
      };
      const std::string known = axes.empty() ? "this experiment has no matrix" : text("axes: {}", join(axes));
      if (!over_steps && !figure.x.empty() && !is_axis(figure.x))
        diagnostics_.error("M501", figure.x_place,
                           text("x '{}' is neither step, epoch nor an axis of the matrix", figure.x) +
                               config::did_you_mean(figure.x, axes),
                           {{known, {}}});
      if (figure.by && !is_axis(*figure.by))
        diagnostics_.error(
            "M501", figure.by_place,
            text("by '{}' is no axis of the matrix", *figure.by) + config::did_you_mean(*figure.by, axes),
            {{known, {}}});
    }
  }

  void find_unused() {
    for (const GraphNode& node : out_.nodes) {
      if (node.component.component == nullptr || named_.contains(node.name) || node.at_work ||
          node.kind() == "reporter")
        continue;
      out_.unused.warning("G307", node.place, text("node '{}' feeds nothing", node.name));
    }
  }

  Structure out_;
  const Experiment& experiment_;
  const Registry& registry_;
  Diagnostics& diagnostics_;
  std::vector<std::string> node_names_;
  std::map<std::string, std::size_t> node_numbers_;
  std::map<std::size_t, OutputName> made_names_;
  std::set<std::string> named_;  // nodes that something names
};

}  // namespace

std::optional<std::size_t> GraphNode::find_output(std::string_view output) const {
  if (output.empty()) return outputs.empty() ? std::nullopt : std::optional<std::size_t>(0);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].name == output) return i;
  return std::nullopt;
}

const Wired* GraphNode::find_wired(std::string_view port) const {
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (ports[i].name == port) return wired[i].empty() ? nullptr : &wired[i];
  return nullptr;
}

const GraphNode& Graph::node(const std::string& name) const {
  std::size_t i = 0;
  while (i < nodes.size() && nodes[i].name != name) ++i;
  SHOAL_ASSERT(i < nodes.size());
  return nodes[i];
}

Structure check_structure(std::shared_ptr<const Experiment> experiment, const Registry& registry,
                          const std::vector<std::string>& axes) {
  return Checker(std::move(experiment), registry).run(axes);
}

std::shared_ptr<const GraphNode> with_parameters(const Structure& structure, std::size_t i, const NodeSpec& spec,
                                                 Diagnostics& diagnostics) {
  auto node = std::make_shared<GraphNode>(structure.nodes[i]);
  if (node->made_by) {
    if (spec.with && !spec.with->entries.empty())
      diagnostics.error("K201", spec.with->place,
                        text("'{}' was made by node '{}' and takes no parameters here", spec.use,
                             structure.nodes[node->made_by->node].name));
  } else if (node->component.component != nullptr) {
    const std::string base =
        std::filesystem::path(spec.place.source ? spec.place.source->name() : "").parent_path().string();
    Diagnostics found;
    node->parameters = check_parameters(*node->component.component, spec.with ? &*spec.with : nullptr, spec.place, base,
                                        found, structure.neighbours);
    if (!found.has_errors()) check_creation(*node, spec, found);
    for (config::Diagnostic& diagnostic : found.sorted()) diagnostics.add(std::move(diagnostic));
  }
  return node;
}

}  // namespace shoal::host
