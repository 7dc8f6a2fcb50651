#include "framework/run/data_checks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "framework/config/path.h"
#include "framework/graph/row_findings.h"
#include "framework/run/value.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

/// The parameters of a dataset, but that it is to fetch nothing.
std::shared_ptr<const Parameters> without_download(const GraphNode& node) {
  const shoal_component& component = *node.component.component;
  if (!has_parameter(component, "download")) return node.parameters;
  config::Value with = node.parameters->to_yaml();
  with.set("download", config::Value::make_bool(false));
  config::Diagnostics ignored;  // they were good with another value of it
  auto out = check_parameters(component, &with, node.place, "", ignored);
  return out != nullptr ? out : node.parameters;
}

/// Makes a plan's datasets, and keeps those that another one is made over.
class DatasetOpener {
 public:
  DatasetOpener(const Plan& plan, Services& services)
      : plan_(plan), services_(services), made_(plan.tasks.size()), taken_(plan.tasks.size()) {
    for (const Task& task : plan.tasks)
      if (is_dataset(task))
        for (const auto& port : task.inputs)
          for (const std::size_t input : port) taken_[input] = true;
  }

  DatasetInfos run() {
    DatasetInfos out(plan_.tasks.size());
    for (std::size_t t = 0; t < plan_.tasks.size(); ++t)
      if (is_dataset(plan_.tasks[t])) out[t] = open(t);
    return out;
  }

 private:
  bool is_dataset(const Task& task) const { return plan_.node_of(task).kind() == "dataset"; }

  std::optional<DatasetInfo> open(std::size_t t) try {
    const Task& task = plan_.tasks[t];
    const GraphNode& node = plan_.node_of(task);
    auto made = std::make_shared<Made>();
    made->entry = node.component;
    made->parameters = without_download(node);
    made->seed = task.seed;
    for (std::size_t port = 0; port < node.ports.size(); ++port) {
      if (task.inputs[port].empty()) continue;
      made->inputs.emplace_back(node.ports[port].name, std::vector<std::shared_ptr<const Made>>{});
      for (const std::size_t input : task.inputs[port]) {
        if (made_[input] == nullptr) return std::nullopt;  // what it is made over is not known
        made->inputs.back().second.push_back(made_[input]);
      }
    }
    made->shared = made->make(services_, nullptr);
    const DatasetInfo info = DatasetProxy(made->shared->object()).open(made->shared->context());
    if (taken_[t]) made_[t] = made;
    return info;
  } catch (const std::exception&) {
    return std::nullopt;
  }

  const Plan& plan_;
  Services& services_;
  std::vector<std::shared_ptr<const Made>> made_;  // by task
  std::vector<bool> taken_;                        // by task: another dataset is made over it
};

/// What is known of an output before it is computed.
struct Known {
  std::optional<Index> rows = {};
  std::optional<DType> dtype = {};
};

/// Follows what is known of the data through the tasks of a plan, and looks at each with it.
class DataChecker {
 public:
  DataChecker(const Plan& plan, const DatasetInfos& datasets)
      : plan_(plan), datasets_(datasets), known_(plan.tasks.size()), found_(plan.tasks.size()) {}

  void run(config::Diagnostics& diagnostics) {
    for (std::size_t t = 0; t < plan_.tasks.size(); ++t) look_at(t);
    if (std::all_of(found_.begin(), found_.end(), [](const auto& of_task) { return of_task.empty(); })) return;
    RowFindings findings;
    std::vector<config::Row> rows;
    for (std::size_t row = 0; row < plan_.rows.size(); ++row) {
      config::Diagnostics of_row;
      for (const std::size_t t : plan_.rows[row].tasks)
        for (const config::Diagnostic& one : found_[t]) of_row.add(one);
      findings.add(row, of_row);
      rows.push_back(plan_.rows[row].row);
    }
    findings.tell(rows, diagnostics);
  }

 private:
  void look_at(std::size_t t) {
    const Task& task = plan_.tasks[t];
    const GraphNode& node = plan_.node_of(task);
    known_[t].resize(node.outputs.size());
    if (datasets_[t]) {
      known_[t][0] = {.rows = datasets_[t]->count, .dtype = datasets_[t]->dtype};
      for (std::size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i].type == "labels") known_[t][i] = {.rows = datasets_[t]->count, .dtype = {}};
    }
    if (!node.at_work || known_[t].empty()) return;
    const std::string_view kind = node.kind();
    const auto data = find_data(t);
    if (!data || (kind != "transform" && kind != "clusterer" && kind != "encoder")) return;
    const Known in = known_[task.inputs[*data][0]].at(node.wired[*data][0].output);
    if (kind != "encoder") check_dtype(t, *data, in);
    if (kind == "clusterer" && !task.made_by) check_k(t, *data, in);
    known_[t][0] = {.rows = in.rows, .dtype = kind == "transform" ? result_of_transform(node, in) : std::nullopt};
  }

  /// The number of a node's port `data`, where something is wired to it.
  std::optional<std::size_t> find_data(std::size_t t) const {
    const GraphNode& node = plan_.node_of(plan_.tasks[t]);
    for (std::size_t port = 0; port < node.ports.size(); ++port)
      if (node.ports[port].name == "data" && !plan_.tasks[t].inputs[port].empty()) return port;
    return std::nullopt;
  }

  static std::optional<DType> result_of_transform(const GraphNode& node, const Known& in) {
    if (node.component.has_trait("gives:int64")) return DType::kInt64;
    if (!in.dtype) return std::nullopt;
    return *in.dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  }

  const GraphNode& source_of(std::size_t t, std::size_t port) const {
    return plan_.node_of(plan_.tasks[plan_.tasks[t].inputs[port][0]]);
  }

  void check_dtype(std::size_t t, std::size_t port, const Known& in) {
    const GraphNode& node = plan_.node_of(plan_.tasks[t]);
    const std::vector<DType> taken = node.component.dtypes();
    if (!in.dtype || std::find(taken.begin(), taken.end(), *in.dtype) != taken.end()) return;
    std::string names;
    for (const DType dtype : taken) names += (names.empty() ? "" : ", ") + std::string(name(dtype));
    const GraphNode& from = source_of(t, port);
    found_[t].push_back({.severity = config::Severity::error,
                         .id = "P405",
                         .place = node.wired[port][0].place,
                         .message = text("{} does not take {} features, and '{}' ({}) gives such", node.component.id(),
                                         name(*in.dtype), from.name, from.component.id()),
                         .notes = {{text("it takes {}", names), {}}}});
  }

  void check_k(std::size_t t, std::size_t port, const Known& in) {
    const GraphNode& node = plan_.node_of(plan_.tasks[t]);
    const auto k = node.parameters->find_integer("k");
    if (!k || !in.rows || *k <= *in.rows) return;
    found_[t].push_back({.severity = config::Severity::warning,
                         .id = "P402",
                         .place = place_of_k(t),
                         .message = text("'{}' is to find {} clusters, but '{}' gives {} example{}", node.name, *k,
                                         source_of(t, port).name, *in.rows, *in.rows == 1 ? "" : "s"),
                         .notes = {{"most clusterers refuse fewer examples than clusters", {}}}});
  }

  /// Where `k` is written, in the file, a row of the matrix or on the command line; else the node's component.
  config::Place place_of_k(std::size_t t) const {
    const Task& task = plan_.tasks[t];
    const GraphNode& node = plan_.node_of(task);
    const config::Value document = plan_.document_of(task.row);
    const config::Path path{{{"nodes", {}}, {node.name, {}}, {"with", {}}, {"k", {}}}, {}};
    const config::Value* k = config::find(document, path);
    return k != nullptr ? k->place : node.use_place;
  }

  const Plan& plan_;
  const DatasetInfos& datasets_;
  std::vector<std::vector<Known>> known_;               // by task and output
  std::vector<std::vector<config::Diagnostic>> found_;  // by task
};

}  // namespace

DatasetInfos open_datasets(const Plan& plan, Services& services) { return DatasetOpener(plan, services).run(); }

void check_against_data(const Plan& plan, const DatasetInfos& datasets, config::Diagnostics& diagnostics) {
  DataChecker(plan, datasets).run(diagnostics);
}

}  // namespace shoal::host
