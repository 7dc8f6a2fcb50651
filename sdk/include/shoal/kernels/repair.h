// shoal/kernels/repair.h: rows for clusters that lost all of theirs.
#ifndef SHOAL_KERNELS_REPAIR_H_
#define SHOAL_KERNELS_REPAIR_H_

#include <span>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// A row that goes from the cluster it is in to an empty one.
struct Move {
  Index row, to;  ///< a row, and the cluster that it goes to
};

/// For each empty cluster in turn the row farthest from its own centroid (the lowest of equals) that has a weight, lies
/// off its centroid and does not leave its old cluster empty. Shorter than the number of empty clusters where no such
/// row is left.
std::vector<Move> rows_for_empty_clusters(const Context& context, ConstArray features, ConstArray centroids,
                                          std::span<const Index> labels, std::span<const double> weights = {});

/// Labels by nearest centroid, with centroids of empty clusters put on the rows above and the labels found again until
/// no cluster can be filled. Each round lowers the inertia, so it ends. `labels` and `centroids` belong together
/// afterwards.
void nearest_without_empty(const Context& context, ConstArray features, RowMatrix<double>& centroids,
                           std::span<Index> labels, std::span<const double> weights = {});

/// How many different rows have a weight above 0. Time O(N·D + N ln N·D) in the worst case.
Index distinct_rows(ConstArray features, std::span<const double> weights = {});

/// Logs a warning where clusters have no row with a weight: more were asked for than rows differ.
void warn_of_empty(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                   std::span<const double> weights = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_REPAIR_H_
