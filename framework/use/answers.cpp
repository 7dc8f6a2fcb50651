#include "framework/use/answers.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <utility>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"
#include "framework/run/component_artifacts.h"
#include "framework/run/trainer_io.h"
#include "framework/run/work.h"
#include "shoal/clusterer.h"
#include "shoal/dataset.h"
#include "shoal/error.h"
#include "shoal/kernels/nearest.h"
#include "shoal/torch/examples.h"

namespace shoal::host {
namespace {

std::optional<Source> output_of_type(const GraphNode& node, std::size_t number, const PortType& type) {
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i].type == type) return Source{number, i};
  return std::nullopt;
}

std::optional<Source> wired_to(const GraphNode& node, const char* port) {
  const Wired* wired = node.find_wired(port);
  return wired == nullptr ? std::nullopt : std::optional(wired->front());
}

/// Where `source` hands on what another node made, that one.
std::size_t maker_of(const Graph& graph, const Source& source) {
  const GraphNode& node = graph.nodes[source.node];
  return node.made_by && !node.at_work ? maker_of(graph, *node.made_by) : source.node;
}

bool is_kept(const Restored& restored, const Source& source) {
  const GraphNode& node = restored.run().graph().nodes[source.node];
  std::error_code error;
  return std::filesystem::exists(
      restored.run().artifact(source.node, node.outputs[source.output].name + ".safetensors"), error);
}

bool gives(const GraphNode& node, std::string_view output) { return node.find_output(output).has_value(); }

/// Whether a trainer learnt its dataset's own classes.
bool learns_classes(const GraphNode& node) { return gives(node, "accuracy") && !wired_to(node, "labels"); }

std::optional<AnswerNode> consider_trainer(const Restored& restored, std::size_t number) {
  const Graph& graph = restored.run().graph();
  const GraphNode& node = graph.nodes[number];
  AnswerNode out{.node = number, .dataset = restored.dataset_of_trainer(number)};
  const auto own_encoder = output_of_type(node, number, "encoder");
  out.encoder = own_encoder ? own_encoder : wired_to(node, "encoder");
  if (!out.encoder) return std::nullopt;
  const bool labels = output_of_type(node, number, "labels").has_value();
  if (const auto head = output_of_type(node, number, "head"); head && (labels || gives(node, "accuracy"))) {
    if (!is_kept(restored, *head)) return std::nullopt;
    out.head = head;
    out.classes = learns_classes(node);
    const config::Value with = node.parameters->to_yaml();
    if (const config::Value* readout = with.find("readout")) out.readout = readout->text;
    if (out.readout == "head" || out.readout.starts_with("head.")) out.read_head = wired_to(node, "head");
    return out;
  }
  if (const auto head = wired_to(node, "head"); head && gives(node, "probabilities")) {
    out.head = head;
    const std::size_t maker = maker_of(graph, *head);
    out.classes = learns_classes(graph.nodes[maker]);
    if (out.classes) out.dataset = restored.dataset_of_trainer(maker);  // whose class names they are
    return out;
  }
  if (own_encoder && labels && gives(node, "centroids")) {
    out.by = AnswersBy::centroids;
    return out;
  }
  return std::nullopt;
}

std::optional<AnswerNode> consider(const Restored& restored, std::size_t number) try {
  const GraphNode& node = restored.run().graph().nodes[number];
  if (!node.at_work) return std::nullopt;
  if (node.kind() == "trainer") return consider_trainer(restored, number);
  if (node.kind() != "clusterer" || node.made_by) return std::nullopt;
  AnswerNode out{.node = number, .by = AnswersBy::clusterer};
  const Source data = wired_to(node, "data").value();
  out.dataset = restored.dataset_above(data);
  return out;
} catch (const InputError&) {  // what it answers from cannot be followed
  return std::nullopt;
}

std::string describe(const Restored& restored, const std::vector<AnswerNode>& nodes) {
  const Graph& graph = restored.run().graph();
  std::string out;
  for (const AnswerNode& found : nodes) {
    const GraphNode& node = graph.nodes[found.node];
    out += text("\n  --node {}  ({}: {})", node.name, node.component.id(), found.classes ? "classes" : "clusters");
  }
  return out;
}

/// Why node `number`, which is none of those that answer, does not.
std::string why_not(const Restored& restored, std::size_t number) {
  const GraphNode& node = restored.run().graph().nodes[number];
  const std::string who = text("'{}' ({})", node.name, node.component.id());
  if (!node.at_work) return text("{} is only declared, for other nodes to use", who);
  const auto head = output_of_type(node, number, "head");
  if (head && !is_kept(restored, *head))
    return text("{} gave no head in this run ({} is not there). Its output '{}' is: {}", who,
                restored.run().artifact(number, node.outputs[head->output].name + ".safetensors").string(),
                node.outputs[head->output].name, node.outputs[head->output].help);
  if (node.kind() == "trainer")
    return text("{} keeps nothing that new examples could be asked of: neither a head, nor an encoder with centroids",
                who);
  return text("{} says nothing of a new example", who);
}

/// The trainers that could have given a head.
std::string describe_headless(const Restored& restored) {
  const Graph& graph = restored.run().graph();
  std::string out;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].kind() == "trainer" && output_of_type(graph.nodes[i], i, "head"))
      out += "\n  " + why_not(restored, i);
  return out;
}

std::span<const std::int64_t> numbers_of(const at::Tensor& labels) {
  return {labels.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(labels.numel())};
}

/// Fills in the nearest of `centroids`, where they are of the same features.
void add_nearest(Context& context, const ConstArray& features, const ConstArray& centroids, Answers& out) {
  Array nearest = context.allocate<std::int64_t>({features.rows()});
  out.distance.resize(static_cast<std::size_t>(features.rows()));
  kernels::nearest(context, features, centroids, nearest.mutable_view(), out.distance);
  for (double& distance : out.distance) distance = std::sqrt(distance);
  const auto found = nearest.view().vector<std::int64_t>();
  out.nearest.assign(found.begin(), found.end());
}

class Answering {
 public:
  Answering(const Restored& restored, const AnswerNode& asked, std::shared_ptr<const Made> examples)
      : restored_(restored),
        asked_(asked),
        node_(restored.run().graph().nodes[asked.node]),
        examples_(std::move(examples)),
        context_(restored.services(), restored.run().node_seed(asked.node), restored.listener()) {}

  Answers run() {
    switch (asked_.by) {
      case AnswersBy::head: by_head(); break;
      case AnswersBy::clusterer: by_clusterer(); break;
      case AnswersBy::centroids: by_centroids(); break;
    }
    return std::move(out_);
  }

 private:
  /// What is read of the examples, (N, F).
  at::Tensor read() {
    const auto live = examples_->use(restored_.services(), restored_.listener());
    DatasetProxy dataset(live->object());
    dataset.open(live->context());
    const Examples examples(context_.context(), dataset);
    Reader reader = make_reader(restored_, asked_, examples.shape());
    at::Tensor out = at::empty({examples.count(), reader.features()}, at::kFloat);
    read_into(context_.context(), reader, examples, out);
    return out;
  }

  void by_head() {
    const at::Tensor features = read();
    const auto head = make_trained_head(*restored_.component(*asked_.head), restored_.services(), restored_.listener());
    const Predictions found = predictions(*head, features, Compute());
    const auto labels = numbers_of(found.labels);
    out_.labels.assign(labels.begin(), labels.end());
    out_.probabilities = context_.context().copy(view(found.probabilities));
  }

  void by_clusterer() {
    const Source data = node_.find_wired("data")->front();
    const RunValue value = restored_.on(examples_, data);
    const HeldFeatures features = as_features(value, restored_.services(), restored_.listener());
    const auto centroids = restored_.array(asked_.node, "centroids");
    if (centroids) {
      require(centroids->view().cols() == features.view.cols(), "examples have {} features, but centroids have {}",
              features.view.cols(), centroids->view().cols());
      add_nearest(context_.context(), features.view, centroids->view(), out_);
    }
    const std::filesystem::path state = restored_.run().artifact(asked_.node, "clusterer.safetensors");
    std::error_code error;
    if (centroids && !std::filesystem::exists(state, error)) {
      out_.labels = out_.nearest;
      out_.notes.push_back(text("{} kept no state ({}), so the nearest of its centroids is taken for its answer",
                                node_.component.id(), state.filename().string()));
      return;
    }
    const auto clusterer = restored_.component({asked_.node, *node_.find_output("clusterer")});
    Array labels = context_.context().allocate<std::int64_t>({features.view.rows()});
    ClustererProxy(clusterer->shared->object()).predict(context_.context(), features.view, labels.mutable_view());
    const auto found = labels.view().vector<std::int64_t>();
    out_.labels.assign(found.begin(), found.end());
  }

  void by_centroids() {
    const auto centroids = restored_.array(asked_.node, "centroids");
    require(centroids.has_value(), "there is no {}", restored_.run().artifact(asked_.node, "centroids.npy").string());
    const at::Tensor features = read();
    add_nearest(context_.context(), view(features), centroids->view(), out_);
    out_.labels = out_.nearest;
  }

  const Restored& restored_;
  const AnswerNode& asked_;
  const GraphNode& node_;
  std::shared_ptr<const Made> examples_;
  NodeContext context_;
  Answers out_;
};

}  // namespace

std::vector<AnswerNode> answer_nodes(const Restored& restored) {
  std::vector<AnswerNode> out;
  for (std::size_t i = 0; i < restored.run().graph().nodes.size(); ++i)
    if (const auto found = consider(restored, i)) out.push_back(*found);
  return out;
}

AnswerNode choose_answer_node(const Restored& restored, const std::string& name) {
  const std::vector<AnswerNode> all = answer_nodes(restored);
  const Graph& graph = restored.run().graph();
  std::vector<std::string> names;
  for (const AnswerNode& found : all) {
    names.push_back(graph.nodes[found.node].name);
    if (names.back() == name) return found;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].name == name)
      throw InputError(why_not(restored, i) + (all.empty() ? "" : ". These answer:" + describe(restored, all)));
  require(!all.empty(),
          "no node of the run answers what a new example is: none gave a trained head or a fitted clusterer{}",
          describe_headless(restored));
  require(name.empty(), "'{}' is no node that answers{}; there are{}", name, config::did_you_mean(name, names),
          describe(restored, all));
  require(all.size() == 1, "several nodes of the run answer; say which{}", describe(restored, all));
  return all[0];
}

Reader make_reader(const Restored& restored, const AnswerNode& asked, const Shape& example) {
  Reader::WithHead read;
  if (asked.read_head) {
    const auto made = restored.component(*asked.read_head);
    read.head = make_trained_head(*made, restored.services(), restored.listener());
    read.outputs = made->trained->classes;
  }
  auto encoder = make_encoder(*restored.component(*asked.encoder), example, restored.services(), restored.listener());
  return Reader(std::move(encoder), std::move(read), {.readout = asked.readout});
}

Answers answer(const Restored& restored, const AnswerNode& asked, const std::shared_ptr<const Made>& examples) {
  return Answering(restored, asked, examples).run();
}

}  // namespace shoal::host
