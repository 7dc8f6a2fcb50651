#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_CLUSTER_EXAMPLES_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_CLUSTER_EXAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/report/page/artifact_files.h"
#include "framework/report/page/data_source.h"
#include "framework/report/run_file.h"

namespace shoal::host {

/// The examples of one cluster that its sheet shows.
struct ClusterExamples {
  std::int64_t cluster = 0;
  std::vector<Index> members = {};    ///< all, by number
  std::vector<Index> nearest = {};    ///< to the centroid; the first ones where there are no distances
  std::vector<Index> uncertain = {};  ///< by the ratio of their two nearest distances, the highest first
};

/// The `most` largest clusters with their members; noise (a label below 0) is none. `clusters` is how many there are.
/// Throws std::runtime_error  a label is no number of a cluster
std::vector<ClusterExamples> largest_clusters(std::span<const std::int64_t> labels, std::size_t most,
                                              std::size_t& clusters);

/// Fills in the `count` examples that are nearest and those that are most uncertain, by the centroids beside `labels`
/// and what was clustered. Throws std::runtime_error  why there are no distances
void choose_by_distance(const RunFile& run, const ArtifactFile& labels, DataSource& source, std::size_t count,
                        std::vector<ClusterExamples>& clusters);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_CLUSTER_EXAMPLES_H_
