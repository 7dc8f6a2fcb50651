#include "framework/use/export.h"

#include <ATen/ops/rand.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "framework/run/trainer_io.h"
#include "framework/store/npy_file.h"
#include "framework/use/export_readme.h"
#include "framework/use/traced_module.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

NamedTensors prefixed(const char* prefix, const NamedTensors& tensors) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(std::string(prefix) + name, tensor);
  return out;
}

class Exporter {
 public:
  Exporter(const Restored& restored, const AnswerNode& asked, const Looks& looks, const fs::path& folder)
      : restored_(restored), asked_(asked), looks_(looks), folder_(folder) {
    std::error_code error;
    require(!fs::exists(folder, error) || (fs::is_directory(folder) && fs::is_empty(folder)),
            "{} holds something already; name a new folder by --out", folder.string());
  }

  Exported run() {
    // What is missing is found before anything is written.
    std::optional<Reader> reader;
    std::unique_ptr<Head> head;
    if (asked_.encoder) reader.emplace(make_reader(restored_, asked_, looks_.shape));
    if (asked_.head)
      head = make_trained_head(*restored_.component(*asked_.head), restored_.services(), restored_.listener());
    const auto centroids = restored_.array(asked_.node, "centroids");
    if (asked_.by == AnswersBy::clusterer) follow(graph().nodes[asked_.node].find_wired("data")->front());
    make_folders(folder_);
    if (reader) write_encoder(reader->encoder(), "encoder");
    if (head) write_model(*reader, *head);
    for (auto& [name, made] : encoders_) write_encoder(*made, name);
    for (const Step& step : steps_) copy_state(step);
    if (centroids) write_npy(file("centroids.npy"), centroids->view());
    else if (asked_.by != AnswersBy::head)
      out_.left_out.push_back(text("centroids: {} has none", component_of(asked_.node)));
    write_words();
    return std::move(out_);
  }

 private:
  /// A node on the way from the examples to the features of a clusterer.
  struct Step {
    std::string node = {}, component = {};
    std::vector<std::pair<std::string, std::string>> parameters = {};
    std::string file = {};   ///< "NODE.pt" or "NODE.safetensors"
    fs::path artifact = {};  ///< what it learnt; empty of an encoder
  };

  const Graph& graph() const { return restored_.run().graph(); }
  std::string component_of(std::size_t node) const { return std::string(graph().nodes[node].component.id()); }
  fs::path file(const std::string& name) {
    out_.files.push_back(name);
    return folder_ / name;
  }
  std::unique_ptr<Encoder> make(const Source& source) const {
    return make_encoder(*restored_.component(source), looks_.shape, restored_.services(), restored_.listener());
  }

  /// The steps from the examples to `source`, first the one next to the examples.
  void follow(const Source& source) {
    const GraphNode& node = graph().nodes[source.node];
    if (node.kind() == "dataset") return;
    const Wired* data = node.find_wired("data");
    require(node.at_work && data != nullptr && (node.kind() == "transform" || node.kind() == "encoder"),
            "on the way from the examples to '{}' is '{}' ({}), which is not exported: transforms and encoders are",
            graph().nodes[asked_.node].name, node.name, node.component.id());
    follow(data->front());
    const std::size_t maker = node.made_by ? node.made_by->node : source.node;
    Step step{.node = node.name, .component = component_of(source.node)};
    if (const auto& parameters = graph().nodes[maker].parameters) step.parameters = parameters->result_parts();
    if (node.kind() == "encoder") {
      // An encoder that nobody trained is at work as it was drawn.
      encoders_.emplace_back(node.name, make(node.made_by ? *node.made_by : Source{source.node, 0}));
      step.file = node.name + ".pt";
    } else {
      step.file = node.name + ".safetensors";
      step.artifact = restored_.run().artifact(maker, "transform.safetensors");
      read_safetensors(step.artifact);  // is it there?
    }
    steps_.push_back(std::move(step));
  }

  at::Tensor examples(Index count) const {
    Shape shape = looks_.shape;
    shape.insert(shape.begin(), count);
    return at::rand(shape, at::TensorOptions(at::kFloat));  // what it is recorded with is of no account
  }

  void trace(const std::string& name, const NamedTensors& state,
             const std::function<at::Tensor(const at::Tensor&)>& forward) {
    try {
      write_torchscript(folder_ / (name + ".pt"), state, forward, examples(2), examples(3));
      out_.files.push_back(name + ".pt");
    } catch (const InputError& error) {
      out_.left_out.push_back(text("{}.pt: {}", name, error.what()));
    }
  }

  void write_encoder(Encoder& encoder, const std::string& name) {
    write_safetensors(file(name + ".safetensors"), encoder.state());
    trace(name, encoder.state(), [&](const at::Tensor& x) { return encoder.forward(x); });
  }

  void write_model(Reader& reader, Head& head) {
    NamedTensors state = prefixed("encoder.", reader.encoder().state());
    const auto add = [&](const char* prefix, const Module& module) {
      for (auto& tensor : prefixed(prefix, module.state())) state.push_back(std::move(tensor));
    };
    if (reader.head() != nullptr) add("read_head.", *reader.head());
    add("head.", head);
    write_safetensors(file("model.safetensors"), state);
    trace("model", state, [&](const at::Tensor& x) { return head.forward(reader.forward(x)); });
  }

  void copy_state(const Step& step) {
    if (step.artifact.empty()) return;
    write_safetensors(file(step.file), read_safetensors(step.artifact).tensors);
  }

  bool wrote(const std::string& name) const {
    return std::find(out_.files.begin(), out_.files.end(), name) != out_.files.end();
  }

  void write_words() {
    ordered_json says = {{"run", restored_.run().folder().string()},
                         {"node", graph().nodes[asked_.node].name},
                         {"component", component_of(asked_.node)},
                         {"row", restored_.run().row()},
                         {"seed", restored_.run().seed()},
                         {"answers", asked_.classes ? "class" : "cluster"},
                         {"example", {{"shape", looks_.shape}, {"dtype", name(looks_.dtype)}}},
                         {"bytes_divided_by", looks_.dtype == DType::kUInt8 ? 255 : 1}};
    if (asked_.classes && !looks_.class_names.empty()) says["class_names"] = looks_.class_names;
    if (asked_.readout != "embedding") says["readout"] = asked_.readout;
    says["steps"] = ordered_json::array();
    if (asked_.encoder && asked_.by == AnswersBy::centroids)
      says["steps"].push_back({{"node", "encoder"}, {"component", "encoder"}, {"file", "encoder.pt"}});
    for (const Step& step : steps_) {
      ordered_json with = ordered_json::object();
      if (!step.artifact.empty())
        for (const auto& [parameter, value] : step.parameters) with[parameter] = value;
      says["steps"].push_back(
          {{"node", step.node}, {"component", step.component}, {"file", step.file}, {"parameters", std::move(with)}});
    }
    write_atomically(file("preprocessing.json"),
                     says.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    const ExportedModel model{.says = says, .model = wrote("model.pt"), .centroids = wrote("centroids.npy")};
    write_atomically(file("use.py"), export_program(model));
    write_atomically(file("README.md"), export_readme(model, out_.left_out));
  }

  const Restored& restored_;
  const AnswerNode& asked_;
  const Looks& looks_;
  const fs::path& folder_;
  std::vector<Step> steps_;
  std::vector<std::pair<std::string, std::unique_ptr<Encoder>>> encoders_;
  Exported out_;
};

}  // namespace

Exported export_node(const Restored& restored, const AnswerNode& asked, const Looks& learnt_from,
                     const fs::path& folder) {
  return Exporter(restored, asked, learnt_from, folder).run();
}

}  // namespace shoal::host
