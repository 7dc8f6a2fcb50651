#include "framework/use/restored.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "framework/graph/ports.h"
#include "framework/run/component_artifacts.h"
#include "framework/store/npy_file.h"
#include "framework/store/store.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

bool is_trained(const PortType& type) { return type == "encoder" || type == "head" || type == "objective"; }
bool is_component(const PortType& type) {
  return std::find(known_kinds().begin(), known_kinds().end(), type) != known_kinds().end();
}

/// A trainer that only looks at one dataset with components that others made: trainer/embed, trainer/predict.
bool only_applies(const Graph& graph, const GraphNode& node) {
  int datasets = 0;
  for (std::size_t port = 0; port < node.ports.size(); ++port)
    for (const Source& source : node.wired[port]) {
      const PortType& type = graph.nodes[source.node].outputs[source.output].type;
      if (!is_component(type)) return false;
      datasets += type == "dataset" ? 1 : 0;
    }
  return datasets == 1 && std::none_of(node.outputs.begin(), node.outputs.end(),
                                       [](const OutputPort& output) { return is_trained(output.type); });
}

[[noreturn]] void throw_cannot_follow(const GraphNode& node) {
  throw InputError(text("what '{}' ({}) gives hangs on more than the examples, so that there is none of new ones",
                        node.name, node.component.id()));
}

}  // namespace

std::shared_ptr<const Made> Restored::component(const Source& source) const {
  const GraphNode& node = run_.graph().nodes[source.node];
  if (node.made_by && !node.at_work) return component(*node.made_by);
  if (!node.at_work) return declared(source.node);
  const OutputPort& output = node.outputs[source.output];
  if (is_trained(output.type)) return trained(source.node, output.name);
  return fitted(source.node, output.name);
}

std::shared_ptr<const Made> Restored::declared(std::size_t number) const {
  const GraphNode& node = run_.graph().nodes[number];
  std::vector<std::vector<RunValue>> inputs;
  for (const Wired& wired : node.wired) {
    inputs.emplace_back();
    for (const Source& source : wired) inputs.back().push_back(component(source));
  }
  FitNotes notes;
  const std::map<std::string, double> none;
  return declare(
      {node, run_.node_seed(number), std::move(inputs), nullptr, services_, listener_, at::kCPU, 0, none, notes});
}

std::shared_ptr<const Made> Restored::fitted(std::size_t number, const std::string& output) const {
  const GraphNode& node = run_.graph().nodes[number];
  const std::filesystem::path file = run_.artifact(number, output + ".safetensors");
  std::error_code error;
  require(std::filesystem::exists(file, error),
          "there is no {}: what {} learnt was not kept in the run folder (log.txt says why), or the run is of an "
          "earlier Shoal; then `shoal run {}` makes another folder, from the store where that still has it",
          file.string(), node.component.id(), (run_.folder() / "resolved.yaml").string());
  auto made = std::make_shared<Made>();
  made->entry = node.component;
  made->parameters = node.parameters;
  made->seed = run_.node_seed(number);
  made->shared = made->make(services_, listener_);
  load_state(*made->shared, read_fitted(file, services_));
  return made;
}

std::shared_ptr<const Made> Restored::trained(std::size_t number, const std::string& output) const {
  TrainedArtifact artifact = read_trained(run_.artifact(number, output + ".safetensors"));
  auto made = std::make_shared<Made>(*declared(run_.number_of(artifact.declared_by)));
  made->trained = std::make_shared<const Trained>(std::move(artifact.trained));
  made->shared = nullptr;
  return made;
}

std::vector<RunValue> Restored::work(std::size_t number, std::vector<std::vector<RunValue>> inputs,
                                     std::shared_ptr<const Made> made) const {
  FitNotes notes;
  const std::map<std::string, double> none;
  return do_work({run_.graph().nodes[number], run_.node_seed(number), std::move(inputs), std::move(made), services_,
                  listener_, at::kCPU, 0, none, notes});
}

RunValue Restored::on(const std::shared_ptr<const Made>& examples, const Source& source) const {
  const GraphNode& node = run_.graph().nodes[source.node];
  if (node.kind() == "dataset") {
    if (node.outputs[source.output].type != "dataset") throw_cannot_follow(node);
    return examples;
  }
  if (!node.at_work) return component(source);
  const bool trainer = node.kind() == "trainer";
  const bool takes_features = node.kind() == "transform" || node.kind() == "clusterer";
  if (trainer ? !only_applies(run_.graph(), node) : !takes_features && node.kind() != "encoder")
    throw_cannot_follow(node);
  if (!trainer && source.output != 0) throw_cannot_follow(node);
  std::vector<std::vector<RunValue>> inputs;
  for (std::size_t port = 0; port < node.ports.size(); ++port) {
    inputs.emplace_back();
    if (!trainer && node.ports[port].name != "data") continue;  // weights and init were for its fit
    for (const Source& from : node.wired[port]) inputs.back().push_back(on(examples, from));
  }
  std::shared_ptr<const Made> made;
  if (node.made_by) made = component(*node.made_by);
  else if (takes_features) made = fitted(source.node, std::string(node.kind()));
  return work(source.node, std::move(inputs), std::move(made))[source.output];
}

std::size_t Restored::dataset_above(const Source& source) const {
  const GraphNode& node = run_.graph().nodes[source.node];
  if (node.kind() == "dataset") return source.node;
  if (node.kind() == "trainer") return dataset_of_trainer(source.node);
  const Wired* data = node.find_wired("data");
  if (data == nullptr) throw_cannot_follow(node);
  return dataset_above(data->front());
}

std::size_t Restored::dataset_of_trainer(std::size_t number) const {
  const GraphNode& node = run_.graph().nodes[number];
  for (const Wired& wired : node.wired)
    for (const Source& source : wired)
      if (run_.graph().nodes[source.node].outputs[source.output].type == "dataset") return source.node;
  throw_cannot_follow(node);
}

std::optional<Array> Restored::array(std::size_t node, const std::string& output) const {
  const std::filesystem::path file = run_.artifact(node, output + ".npy");
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  try {
    return read_npy(file, allocate_in(services_));
  } catch (const DamagedEntry& damage) {
    throw InputError(text("{}: {}", file.string(), damage.what()));
  } catch (const UnreadableEntry& unreadable) {
    throw InputError(text("{}: {}", file.string(), unreadable.what()));
  }
}

}  // namespace shoal::host
