#ifndef SHOAL_FRAMEWORK_REPORT_RUN_FILE_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_FILE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shoal::host {

/// A node of a row, as results.json and plan.json tell of it.
struct FileNode {
  std::string name = {}, use = {};
  std::string key = {};     ///< of its result: equal key, equal bytes; "" of a run without its plan
  bool isolated = false;    ///< fitted in a process of its own
  std::string status = {};  ///< "ran", "reused" (from an earlier row), "stored" (from the store), "failed", "skipped",
                            ///< "cancelled"; "" of one that only declares
  double seconds = 0;       ///< that it took in this row
  std::int64_t peak_rss_bytes = 0;       ///< the most memory that its process had meanwhile; 0: not known
  std::string library = {};              ///< "kmeans 0.1.0"; "" of a run without its plan
  std::vector<double> fit_seconds = {};  ///< of a clusterer: each measured fit, see `shoal run --bench`
  bool only_declares = false;            ///< what other nodes take; false too of a run that does not say
  std::size_t of_row = 0;                ///< the row that it is computed for: an earlier one where rows share it
  std::string data = {};                 ///< what it was fitted to: "6bbc9ace… (60000, 784) float32", or ""
  std::map<std::string, std::string> parameters = {};  ///< as one line of JSON each, defaults included
  std::map<std::string, std::string> inputs = {};      ///< port → "node.output, …"
};

struct FileRow {
  std::vector<std::pair<std::string, std::string>> settings = {};  ///< axis and label
  std::int64_t seed = 0;
  std::string status = {}, error = {};         ///< "done", "failed", "skipped", "cancelled"; also "at work", "waiting"
  std::map<std::string, double> metrics = {};  ///< NaN where it was not finite
  double seconds = 0;
  std::int64_t peak_rss_bytes = 0;
  std::vector<FileNode> nodes = {};

  bool done() const { return status == "done"; }
  bool to_come() const { return status == "at work" || status == "waiting"; }
  const FileNode* find(const std::string& node) const;
};

/// What a row is known by in another run of its experiment: settings, in the order of their axes' names, and seed.
using RowName = std::pair<std::map<std::string, std::string>, std::int64_t>;

/// Of a row of a file or of a plan.
template <typename Row>
RowName name_of_row(const Row& row) {
  RowName out{{}, row.seed};
  for (const auto& [axis, label] : row.settings) out.first.emplace(axis, label);
  return out;
}

/// Where and how a run was made, in words.
struct Circumstances {
  std::string machine = {};  ///< processor and system
  std::string program = {};  ///< version and toolchain
  std::string build = {};    ///< "Release", "Debug", "address" …; "" of a run that does not say
  std::int64_t threads = 0;
  std::string device = {};
  std::int64_t bench = 0;  ///< fits measured beyond the first, 0 without --bench
};

/// What the experiment wants its runs compared by, `compare:`.
struct FileCompare {
  std::vector<std::string> metrics = {};
  std::vector<std::string> baseline = {};  ///< "axis=label"s, or {"none"}; empty: not said
};

/// A run, read back from its folder.
struct RunFile {
  std::filesystem::path folder = {};
  bool ended = true;  ///< false: it is at work, or was stopped before it wrote its results
  std::string name = {}, started = {};
  std::string description = {};           ///< of the experiment; "" where it says none
  std::vector<std::string> command = {};  ///< that made it, word by word; empty where it does not say
  std::vector<std::string> axes = {};
  std::vector<std::string> report = {};    ///< the metrics that the experiment reports, in its order
  std::map<std::string, int> better = {};  ///< +1: higher is better, −1: lower; only metrics that say
  std::vector<std::string> metrics = {};   ///< all names, in the order of the plan
  std::vector<FileRow> rows = {};
  Circumstances circumstances = {};
  FileCompare compare = {};
};

/// Reads a run folder, or the results.json in it; plan.json and environment.json where they are there.
/// Throws std::runtime_error  what is missing or damaged, with the file's name
RunFile read_run(const std::filesystem::path& path);

/// A run that has not written its results yet, as it was planned: all its rows wait. add_events (run_so_far.h) says how
/// far it is. Throws std::runtime_error  plan.json is missing or damaged
RunFile read_planned_run(const std::filesystem::path& folder);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_FILE_H_
