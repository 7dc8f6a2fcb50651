#ifndef SHOAL_FRAMEWORK_REPORT_NODE_LINES_H_
#define SHOAL_FRAMEWORK_REPORT_NODE_LINES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// A node over all rows of a run.
struct NodeLine {
  std::string name = {};
  std::vector<std::string> uses = {};                ///< its component; several where an axis changes it
  std::map<std::string, std::size_t> statuses = {};  ///< rows by "ran", "reused" …; empty of one that only declares
  double seconds = 0;                                ///< of the rows in which it ran
  std::int64_t peak_rss_bytes = 0;                   ///< the most over the rows; 0: not known
  std::vector<const FileNode*> rows = {};            ///< in each row of the run; null where it is not
};

/// In the order in which rows name them. They point into the run.
std::vector<NodeLine> node_lines_of(const RunFile& run);

std::string uses_of(const NodeLine& line);            ///< "clusterer/kmeans, clusterer/gmm"
std::string describe_statuses(const NodeLine& line);  ///< "ran 2, reused 4"; "" of one that only declares

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_NODE_LINES_H_
