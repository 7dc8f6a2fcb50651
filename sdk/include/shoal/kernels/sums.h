// shoal/kernels/sums.h: sums and sizes of clusters, the same bits for any number of threads.
#ifndef SHOAL_KERNELS_SUMS_H_
#define SHOAL_KERNELS_SUMS_H_

#include <optional>
#include <span>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

struct ClusterSums {
  RowMatrix<double> sums;       ///< (K, D) Σ weight · row
  std::vector<double> weights;  ///< (K) Σ weight
  std::vector<Index> counts;    ///< (K) rows with a weight above 0
};

/// Sums the rows of each label in 0 … k − 1. A cluster's rows are taken in order, 512 to a block, and the blocks' sums
/// are added in order. An empty `weights` means 1 for all. Memory O((N/512 + K)·D). Throws InputError  a label is not
/// in [0, k), or lengths differ
ClusterSums cluster_sums(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                         std::span<const double> weights = {});

struct ClusterMeans {
  RowMatrix<double> means;      ///< (K, D); a cluster of weight 0 has a row of zeros
  std::vector<double> weights;  ///< (K) Σ weight
  std::vector<Index> counts;    ///< (K) rows with a weight above 0
};

/// Weighted means of the rows of each label, by differences to the cluster's first row: a common offset costs no
/// accuracy, and equal rows have exactly themselves as mean. Otherwise as cluster_sums.
ClusterMeans cluster_means(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                           std::span<const double> weights = {});

/// `weights` (N) float64 as a span; empty where absent.
/// Throws InputError  not N of them, one is negative or not finite (its row is named), or all are 0
std::span<const double> require_weights(const std::optional<ConstArray>& weights, Index n);

/// Σ values: 1024 terms to a block, the blocks' sums added in order.
double sum_in_blocks(std::span<const double> values);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SUMS_H_
