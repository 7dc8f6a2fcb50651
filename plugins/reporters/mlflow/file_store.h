// file_store.h: MLflow's file store: experiments and runs as folders of small files.
#ifndef SHOAL_PLUGINS_REPORTERS_MLFLOW_FILE_STORE_H_
#define SHOAL_PLUGINS_REPORTERS_MLFLOW_FILE_STORE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace [[gnu::visibility("hidden")]] mlflow {

/// The folder of the experiment called `name` in the store, made where there is none: an experiment that MLflow made is
/// found by its name. Throws shoal::InputError  it cannot be written to
std::filesystem::path experiment_folder(const std::filesystem::path& store, const std::string& name, double time);

/// MLflow's numbers for how a run is.
enum Status { kRunning = 1, kFinished = 3, kFailed = 4, kKilled = 5 };

/// One run of MLflow's, in <experiment>/<32 hex digits>/.
///
/// Source: mlflow/store/tracking/file_store.py: meta.yaml, params/KEY, tags/KEY, and metrics/KEY with a line
/// "milliseconds value step" for each point.
class Run {
 public:
  /// `artifacts` is the folder that MLflow is to show as the run's artifacts.
  Run(const std::filesystem::path& experiment, std::string name, const std::filesystem::path& artifacts, double time);

  void param(const std::string& key, const std::string& value);
  void tag(const std::string& key, const std::string& value);
  /// Kept until flush.
  void metric(const std::string& key, double value, std::int64_t step, double time);
  void flush();
  void end(Status status, double time);

 private:
  void write_meta(Status status, double end);

  std::filesystem::path folder_;
  std::string name_, id_, experiment_, artifacts_;
  double began_;
  std::map<std::string, std::string> pending_;  // lines of each metric
};

/// What MLflow takes as a key: letters, digits, _ - . and spaces; anything else becomes _.
std::string as_key(std::string name);

}  // namespace mlflow

#endif  // SHOAL_PLUGINS_REPORTERS_MLFLOW_FILE_STORE_H_
