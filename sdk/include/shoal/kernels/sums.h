// shoal/kernels/sums.h: sums and sizes of clusters, the same bits for any number of threads.
#ifndef SHOAL_KERNELS_SUMS_H_
#define SHOAL_KERNELS_SUMS_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Σ of the matrices part(from, to) over chunks of `chunk` of n ≥ 1 rows, the last one shorter, added in their order:
/// the same bytes for any number of threads. Memory ⌈n/chunk⌉ matrices.
template <typename Part>
auto sum_over_chunks(const Context& context, Index n, Index chunk, Part&& part) {
  std::vector<decltype(part(Index{}, Index{}))> parts(static_cast<std::size_t>((n + chunk - 1) / chunk));
  context.parallel_for(n, chunk,
                       [&](Index from, Index to) { parts[static_cast<std::size_t>(from / chunk)] = part(from, to); });
  for (std::size_t i = 1; i < parts.size(); ++i) parts[0] += parts[i];
  return std::move(parts[0]);
}

/// Rows in a chunk, for at most 16 chunks, none of them tiny.
inline Index sixteenth(Index n) { return std::max<Index>(1024, (n + 15) / 16); }

struct ClusterSums {
  RowMatrix<double> sums;       ///< (K, D) Σ weight · row
  std::vector<double> weights;  ///< (K) Σ weight
  std::vector<Index> counts;    ///< (K) rows with a weight above 0
};

/// Sums the rows of each label in 0 … k − 1: of every 65536 rows a cluster's are taken in order, 512 to a run, and the
/// runs' sums are added in order. An empty `weights` means 1 for all. Memory O(K·D), whatever N.
/// Throws InputError  a label is not in [0, k), or lengths differ
ClusterSums cluster_sums(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                         std::span<const double> weights = {});

struct ClusterMeans {
  RowMatrix<double> means;      ///< (K, D); a cluster of weight 0 has a row of zeros
  std::vector<double> weights;  ///< (K) Σ weight
  std::vector<Index> counts;    ///< (K) rows with a weight above 0
};

/// Weighted means of the rows of each label; equal rows have exactly themselves as mean. Weighted rows, and
/// numbers that float32 does not hold, are added as differences to the cluster's first row, so that a common offset
/// costs no accuracy; others as they are, which loses nothing in float64. The same numbers have the same means,
/// whatever their dtype. Otherwise as cluster_sums.
ClusterMeans cluster_means(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                           std::span<const double> weights = {});

/// What rows have about their common mean; weighted as if rows were repeated.
struct Spread {
  Eigen::RowVectorXd mean;    ///< (D)
  double sum_of_squares = 0;  ///< Σ weight · ‖row − mean‖²
  double mean_variance = 0;   ///< the variance of a column, averaged over the columns
};

/// The mean as cluster_means has it of one cluster, then the squares by direct differences. Memory O(D).
/// Throws InputError  there are no rows, or lengths differ
Spread spread(const Context& context, ConstArray features, std::span<const double> weights = {});

/// A row whose label changed.
struct Relabelled {
  Index row, from, to;  ///< a row, the cluster it was in and the one it is in now
};

/// Means of the same rows under labels that change little from one call to the next: only the rows that changed are
/// added and subtracted, and all of them again every sixty-fourth time, or when more than a third changed. So the means
/// depend on the labels and on how they came about, not on the number of threads or the processor.
class RunningMeans {
 public:
  /// What updates have left, so that others of the same rows go on from it.
  struct Kept {
    RowMatrix<double> sums = {};       ///< (K, D) about the origins
    RowMatrix<double> origins = {};    ///< (K, D), or of no rows where numbers are added as they are
    std::vector<double> weights = {};  ///< (K)
    std::vector<Index> counts = {};    ///< (K)
    Index updates_since_all = 0;       ///< since all rows were last added up
    bool begun = false;                ///< false: the next update adds all rows
  };

  static constexpr Index kUpdates = 63;  ///< calls between two that add all rows

  /// `features` and `weights` are read by every update.
  RunningMeans(const Context& context, ConstArray features, Index k, std::span<const double> weights = {});
  ~RunningMeans();
  RunningMeans(const RunningMeans&) = delete;
  RunningMeans& operator=(const RunningMeans&) = delete;

  /// The means of `labels` (N), of which `changed` are all that differ from the last call's; the first call looks at
  /// `labels` alone. Valid until the next call.
  /// Throws InputError  a label is not in [0, k), or lengths differ
  const ClusterMeans& update(const Context& context, std::span<const Index> labels,
                             std::span<const Relabelled> changed);
  /// Has the next update add all rows, as where clusters were emptied and filled from outside.
  void restart();

  Kept kept() const;  ///< for a checkpoint
  /// Throws InputError  it is of other clusters, or of rows of other numbers
  void take(Kept kept);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `weights` (N) float64 as a span; empty where absent.
/// Throws InputError  not N of them, one is negative or not finite (its row is named), or all are 0
std::span<const double> require_weights(const std::optional<ConstArray>& weights, Index n);

/// Σ values: 1024 terms to a block, the blocks' sums added in order.
double sum_in_blocks(std::span<const double> values);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SUMS_H_
