#ifndef SHOAL_FRAMEWORK_RUN_RECORD_H_
#define SHOAL_FRAMEWORK_RUN_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shoal::host {

/// One number of a run: what a component reported at a step, in the order in which it came.
struct ScalarPoint {
  std::size_t row = 0;
  std::string node, name;
  std::int64_t step = 0;
  double value = 0;
};

/// A metric of one row: "probe.accuracy", 0.991. `better` is SHOAL_HIGHER, SHOAL_LOWER or 0; `reported`: in `report:`.
struct Metric {
  std::string name;
  double value = 0;
  unsigned better = 0;
  bool reported = false;
};

enum class RowStatus { done, failed, skipped, cancelled };
const char* name(RowStatus status);  ///< "done" …

/// The features that a clusterer was fitted to: the same digest, the same numbers.
struct DataSeen {
  std::string sha256;  ///< "" where nothing was fitted
  std::vector<std::int64_t> shape;
  std::string dtype;
};

/// How long a node took, or that it was shared with an earlier row.
struct NodeTime {
  std::string node, component;
  std::string
      status;  ///< "ran", "reused" (from an earlier row), "stored" (from the store), "failed", "skipped", "cancelled"
  double seconds = 0;
  std::vector<double> fit_seconds = {};  ///< of a clusterer, fit alone: once, or each measured time of --bench
  DataSeen data = {};                    ///< of a clusterer
  std::int64_t peak_rss_bytes = 0;       ///< the most memory that its process had while it worked; 0: not known
};

/// One run of the matrix, as results.json says it.
struct RowRecord {
  std::vector<std::pair<std::string, std::string>> settings;  ///< axis and label, in the order of the axes
  std::int64_t seed = 0;
  RowStatus status = RowStatus::done;
  std::vector<Metric> metrics;
  double seconds = 0;               ///< of the nodes that ran for it
  std::int64_t peak_rss_bytes = 0;  ///< the most memory that the process had while the row ran
  std::string error;                ///< of the first node that failed; ""
  std::vector<NodeTime> nodes;      ///< in the order of the plan
};

/// A figure of the experiment: `x` is "step", "epoch" or an axis; each `y` a "node.output"; `by` an axis or "".
struct FigureRecord {
  std::string name, title, x, by, y_scale;
  std::vector<std::string> y;
};

/// `compare:` of the experiment: what its runs are compared by unless told otherwise.
struct CompareRecord {
  std::vector<std::pair<std::string, std::string>> baseline;  ///< axis and label; empty: none was said
  bool no_baseline = false;                                   ///< none is wanted
  std::vector<std::string> metrics;                           ///< "probe.accuracy"
};

/// All that a run leaves for its reader; report/ writes it.
struct RunRecord {
  std::string name, description;
  std::string file;     ///< the experiment file, as given
  std::string started;  ///< 2026-10-02T14:12:09Z
  double seconds = 0;
  std::int64_t bench = 0;  ///< `run --bench N`: fits measured, interleaved, after a first one that warms up; else 0
  std::vector<std::string> axes;
  std::vector<RowRecord> rows;
  std::vector<ScalarPoint> scalars;
  std::vector<FigureRecord> figures;
  CompareRecord compare;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_RECORD_H_
