#ifndef SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_
#define SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "framework/run/executor.h"
#include "framework/store/growing_file.h"

namespace spdlog {
class logger;
}

namespace shoal::host {

/// Where a run cannot have its folder for what is there already. Nothing was made.
class RunFolderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The folder of one run: runs/<name>/<date>-<time>-<word>/, with `latest` beside it. Files that are written once are
/// whole or not there; metrics.jsonl and log.txt grow while the run goes on, the first by what came in a second. What a
/// task left in it is on the disk when task_done returns, so that nobody says of it that it is done before it is safe
/// from a loss of power.
class RunFolder final : public TaskObserver {
 public:
  /// Makes a new folder below `base`, or exactly `base` when `exact`. Throws std::system_error with the system's
  /// reason, and RunFolderError where something of the user's is in its place: an exact folder must be empty or new,
  /// so that no earlier run is lost, and `latest` a link or not there.
  RunFolder(const std::filesystem::path& base, const std::string& experiment, bool exact);
  ~RunFolder() override;

  const std::filesystem::path& path() const { return path_; }

  /// resolved.yaml, origins.json, plan.json, environment.json.
  void write_plan(const Plan& plan, const std::string& environment_json);

  bool wants(const GraphNode& node, const OutputPort& output) const override;
  void task_done(const Plan& plan, const Task& task, const std::vector<RunValue>& values) override;
  void scalar(const ScalarPoint& point) override;
  void log_line(const std::string& line) override;

  /// Brings to the disk what grows; throws std::runtime_error when something of it could not be written. To be called
  /// before what is written of the whole run.
  void finish();

 private:
  void keep_looks(Live& dataset, const std::filesystem::path& file);
  void keep_component(const Graph& graph, const Made& made, const std::filesystem::path& file);

  std::filesystem::path path_;
  std::optional<GrowingFile> metrics_;
  std::chrono::steady_clock::time_point flushed_ = {};
  std::string log_error_;  // the last that the log met
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_
