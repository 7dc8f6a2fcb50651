// reporter/mlflow: a run in MLflow's file store.
#include "shoal/plugin.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "file_store.h"
#include "parameters.h"
#include "shoal/reporter.h"

namespace {

namespace fs = std::filesystem;

struct Params {
  std::string folder;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("folder", &Params::folder, "of the file store, which runs may share; empty: mlruns in the run folder")
        .path();
  }
};

class MlFlow final : public shoal::Reporter {
 public:
  explicit MlFlow(const Params& params) : params_(params) {}

  void begin(shoal::Context&, const fs::path& run_folder, std::string_view experiment) override {
    run_folder_ = run_folder;
    store_ = params_.folder.empty() ? run_folder / "mlruns" : fs::path(params_.folder);
    name_ = experiment;
    experiment_.clear();
  }

  void on(shoal::Context&, const shoal::Event& event) override {
    if (event.type == SHOAL_ROW_BEGIN) begin_row(event);
    if (!run_) return;
    if (event.type == SHOAL_SCALAR && *event.node != '\0') scalar(event);
    if (event.type == SHOAL_NODE_END) run_->flush();
    if (event.type == SHOAL_RUN_END) end(event);
    if (event.type == SHOAL_ROW_END) end(event);
  }

 private:
  void begin_row(const shoal::Event& event) {
    if (experiment_.empty()) {  // the first row: a run without one leaves nothing
      experiment_ = mlflow::experiment_folder(store_, name_, event.time);
      plan_ = mlflow::read_plan(run_folder_);
    }
    std::string name = run_folder_.filename().string();
    if (event.rows > 1) name += shoal::text(" row-{}", event.row + 1);
    run_.emplace(experiment_, name, run_folder_, event.time);
    series_.clear();
    for (const auto& [key, value] : mlflow::parameters_of_row(plan_, event.row)) run_->param(key, value);
    run_->param("seed", std::to_string(static_cast<long long>(event.value)));
    if (*event.text != '\0') run_->tag("shoal.settings", event.text);
    run_->tag("shoal.run_folder", run_folder_.string());
  }

  /// What a node came to is a metric of one point, but for what it reported at each step.
  void scalar(const shoal::Event& event) {
    const std::string key = std::string(event.node) + "." + event.name;
    if (event.step >= 0) series_.insert(key);
    else if (series_.contains(key)) return;
    run_->metric(key, event.value, std::max<std::int64_t>(event.step, 0), event.time);
  }

  void end(const shoal::Event& event) {
    run_->end(event.status == SHOAL_OK            ? mlflow::kFinished
              : event.status == SHOAL_E_CANCELLED ? mlflow::kKilled
                                                  : mlflow::kFailed,
              event.time);
    run_.reset();
  }

  Params params_;
  fs::path run_folder_, store_;
  std::string name_;
  fs::path experiment_;             // its folder; empty before the first row
  nlohmann::json plan_;             // of the run
  std::optional<mlflow::Run> run_;  // of the row
  std::set<std::string> series_;    // its metrics that have steps
};

}  // namespace

SHOAL_PLUGIN("mlflow", "0.1.0", "a run in MLflow's file store") { plugin.add<MlFlow, Params>("reporter/mlflow"); }
