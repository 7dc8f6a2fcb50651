#include "framework/report/page/kept_data.h"

#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>

#include "framework/run/data_checks.h"
#include "framework/run/executor.h"
#include "framework/run/work.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

/// The device that a run says it worked on; keys of nodes with tensors name its kind.
at::Device device_of(const RunFile& run) try {
  return at::Device(run.circumstances.device);
} catch (const std::exception&) {
  return at::kCPU;
}

/// A page is no reason to read for minutes.
void require_readable(const std::string& node, const DatasetInfo& info) {
  constexpr double kMostBytes = 4e9;
  double bytes = static_cast<double>(info.count) * static_cast<double>(bytes_of(info.dtype));
  for (const Index size : info.shape) bytes *= static_cast<double>(size);
  if (bytes > kMostBytes)
    throw std::runtime_error(
        text("dataset '{}' is of {} GB, and a page reads at most 4", node, std::round(bytes / 1e9)));
}

class KeptData final : public DataSource {
 public:
  KeptData(const RunFile& run, Registry& registry, Services& services, Store* store, const Plan* plan)
      : run_(run), registry_(registry), services_(services), store_(store), given_(plan) {}

  SourceRows examples(std::size_t row, const std::string& node) override {
    const std::size_t t = task_of(row, node);
    if (read_ && read_->first == t) return read_->second;  // sheets and map ask for the same ones, one after the other
    if (!infos_[t]) throw std::runtime_error(text("dataset '{}' cannot be opened here", node));
    require_readable(node, *infos_[t]);
    const auto made = declared(t);
    auto held = std::make_shared<HeldFeatures>(as_examples(*made, services_, nullptr));
    SourceRows out{.rows = held->view, .example = infos_[t]->shape};
    if (infos_[t]->labelled) {
      const Array labels = dataset_labels(*made, services_, nullptr);
      const auto values = labels.view().vector<std::int64_t>();
      out.labels.assign(values.begin(), values.end());
    }
    out.keeper = std::move(held);
    read_.emplace(t, out);
    return out;
  }

  SourceRows features(std::size_t row, const std::string& node, const std::string& output) override {
    if (store_ == nullptr) throw std::runtime_error("there is no store here");
    const std::size_t t = task_of(row, node);
    const KeyParts& parts = forecast().parts_of(t);
    if (parts.empty()) throw std::runtime_error(text("what '{}' would be computed from is not in the store", node));
    const auto manifest = store_->find(key_of(parts));
    if (!manifest) throw std::runtime_error(text("the store does not have the result of '{}' any more", node));
    const auto* described = find_output(*manifest, output);
    if (described == nullptr || !described->contains("digest"))
      throw std::runtime_error(text("'{}' was too large to be kept, or is no array", node));
    auto array = std::make_shared<Array>(
        store_->get(described->at("digest").get<std::string>(), allocate_in(services_), services_.pool));
    return {.rows = array->view(), .keeper = array};
  }

 private:
  /// The run's, or else it is planned again, once.
  const Plan& plan() {
    if (plan_ != nullptr) return *plan_;
    if (!wrong_.empty()) throw std::runtime_error(wrong_);
    if (given_ == nullptr) plan_again();
    plan_ = given_ != nullptr ? given_ : &*planned_;
    infos_ = open_datasets(*plan_, services_);
    for (std::size_t row = 0; row < plan_->rows.size(); ++row) rows_[name_of_row(plan_->rows[row].row)] = row;
    return *plan_;
  }

  void plan_again() {
    config::Diagnostics diagnostics;
    planned_ = plan_experiment({.file = (run_.folder / "resolved.yaml").string()}, registry_, diagnostics);
    if (planned_) return;
    wrong_ = "resolved.yaml cannot be planned here any more; `shoal check` on it says why";
    throw std::runtime_error(wrong_);
  }

  std::size_t task_of(std::size_t row, const std::string& node) {
    const Plan& planned = plan();
    const auto found = rows_.find(name_of_row(run_.rows.at(row)));
    if (found == rows_.end()) throw std::runtime_error("resolved.yaml has no such row");
    const PlannedRow& at = planned.rows[found->second];
    for (std::size_t i = 0; i < at.graph.nodes.size(); ++i)
      if (at.graph.nodes[i].name == node) return at.tasks[i];
    throw std::runtime_error(text("resolved.yaml has no node '{}'", node));
  }

  /// A dataset that is made over others, or none.
  std::shared_ptr<const Made> declared(std::size_t t) {
    const Task& task = plan_->tasks[t];
    const GraphNode& node = plan_->node_of(task);
    if (node.at_work) throw std::runtime_error(text("it is made of what '{}' computes", node.name));
    std::vector<std::vector<RunValue>> inputs;
    for (const auto& port : task.inputs) {
      inputs.emplace_back();
      for (const std::size_t input : port) inputs.back().emplace_back(declared(input));
    }
    FitNotes notes;
    const std::map<std::string, double> none;
    return declare({node, task.seed, std::move(inputs), nullptr, services_, nullptr, at::kCPU, 0, none, notes});
  }

  const Executor& forecast() {
    if (executor_) return *executor_;
    for (std::size_t t = 0; t < plan_->tasks.size(); ++t)  // declaring what is not here might fetch it
      if (plan_->node_of(plan_->tasks[t]).kind() == "dataset" && !infos_[t])
        throw std::runtime_error(text("dataset '{}' cannot be opened here", plan_->node_of(plan_->tasks[t]).name));
    events_.emplace(std::vector<std::shared_ptr<Live>>{}, "", "");
    cache_.emplace(*store_, services_, "");
    std::vector<RowMeans> means(plan_->rows.size(), {device_of(run_), services_.threads});
    executor_.emplace(*plan_, services_, *events_, nobody_,
                      ExecutorOptions{.rows = std::move(means), .cache = &*cache_});
    config::Diagnostics ignored;  // a key that is not known then says it
    executor_->forecast(ignored);
    return *executor_;
  }

  const RunFile& run_;
  Registry& registry_;
  Services& services_;
  Store* store_;
  const Plan* given_;
  const Plan* plan_ = nullptr;   // once something was asked for
  std::optional<Plan> planned_;  // where none was given
  std::string wrong_;
  DatasetInfos infos_;
  std::map<RowName, std::size_t> rows_;
  std::optional<std::pair<std::size_t, SourceRows>> read_;  // the examples that were asked for last, and their task
  TaskObserver nobody_;
  std::optional<EventBus> events_;
  std::optional<ResultCache> cache_;
  std::optional<Executor> executor_;
};

}  // namespace

std::unique_ptr<DataSource> open_kept_data(const RunFile& run, Registry& registry, Services& services, Store* store,
                                           const Plan* plan) {
  return std::make_unique<KeptData>(run, registry, services, store, plan);
}

}  // namespace shoal::host
