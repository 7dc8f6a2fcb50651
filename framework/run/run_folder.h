#ifndef SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_
#define SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "framework/run/executor.h"

namespace spdlog {
class logger;
}

namespace shoal::host {

/// The folder of one run: runs/<name>/<date>-<time>-<word>/, with `latest` beside it. Files that are written once are
/// whole or not there; metrics.jsonl and log.txt grow while the run goes on.
class RunFolder final : public TaskObserver {
 public:
  /// Makes a new folder below `base`, or exactly `base` when `exact`. Throws std::system_error with the system's
  /// reason; an exact folder must be empty or new, so that no earlier run is lost.
  RunFolder(const std::filesystem::path& base, const std::string& experiment, bool exact);
  ~RunFolder() override;

  const std::filesystem::path& path() const { return path_; }

  /// resolved.yaml, plan.json, environment.json.
  void write_plan(const Plan& plan, const std::string& environment_json);

  bool wants(const GraphNode& node, const OutputPort& output) const override;
  void task_done(const Plan& plan, const Task& task, const std::vector<RunValue>& values) override;
  void scalar(const ScalarPoint& point) override;
  void log_line(const std::string& line) override;

  /// Flushes what grows; throws std::runtime_error when something of it could not be written.
  void finish();

 private:
  std::filesystem::path path_;
  std::ofstream metrics_;
  std::string log_error_;  // the last that the log met
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_RUN_FOLDER_H_
