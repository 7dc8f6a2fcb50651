// shoal/kernels/clustered_rows.h: the rows that lie in a cluster, for measures that leave noise out.
#ifndef SHOAL_KERNELS_CLUSTERED_ROWS_H_
#define SHOAL_KERNELS_CLUSTERED_ROWS_H_

#include <span>
#include <vector>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The rows whose label is not −1, cluster by cluster.
struct ClusteredRows {
  std::vector<Index> rows;   ///< (M) by cluster, ascending within each
  std::vector<Index> start;  ///< (K + 1) cluster c has rows[start[c]] … rows[start[c + 1] − 1], at least one
  Index noise = 0;           ///< N − M
  /// K, and how many rows cluster c has.
  Index clusters() const { return static_cast<Index>(start.size()) - 1; }
  Index size(Index c) const { return start[static_cast<std::size_t>(c + 1)] - start[static_cast<std::size_t>(c)]; }
};

/// `labels` (N) any numbers ≥ 0, or −1 for noise; the clusters are those that occur, ascending. Time O(N log N).
/// Throws InputError  `examples` is not N, a label below −1 (its row is named); fewer than two clusters, or each row
/// its
///                    own: there is nothing to compare
ClusteredRows clustered_rows(std::span<const std::int64_t> labels, Index examples);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_CLUSTERED_ROWS_H_
