// shoal/kernels/agreement.h: how far two labellings of the same examples agree.
//
// One labelling is called `labels`, the true classes, the other `predicted`; most measures are symmetric. A label is
// any number ≥ 0, or −1 for noise. Noise is never right: it counts in N, and nothing else, in purity and clustering
// accuracy. For NMI and ARI, which compare partitions, all noise together is one more cluster.
#ifndef SHOAL_KERNELS_AGREEMENT_H_
#define SHOAL_KERNELS_AGREEMENT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "shoal/array.h"
#include "shoal/kernels/matching.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// How often label r and prediction c meet, for the labels that occur; empty cells are not kept: K and C may be large.
struct Contingency {
  struct Cell {
    std::int64_t row, column;  ///< indices into row_labels and column_labels
    std::int64_t count;        ///< ≥ 1
  };
  std::vector<std::int64_t> row_labels, column_labels;  ///< those that occur, ascending; so −1 is the first or absent
  std::vector<std::int64_t> row_sums, column_sums;      ///< how many examples have each
  std::vector<Cell> cells;                              ///< by row, then column
  std::int64_t examples = 0;                            ///< N
};

/// Time O(N log N).
/// Throws InputError  N = 0, two different N, a label below −1 (its row is named)
Contingency contingency(std::span<const std::int64_t> labels, std::span<const std::int64_t> predicted);

/// Every cell, (R, C): rows and columns as in row_labels and column_labels.
RowMatrix<std::int64_t> dense(const Contingency& table);

/// The one-to-one matching of rows and columns that have most examples in common. Noise is matched with nothing; with
/// it or with more rows than columns a row's column is −1. Indices are those of row_labels and column_labels. Memory
/// O(R·C).
Matching match(const Contingency& table);

/// Normalised mutual information, in [0, 1]: I(labels; predicted) over the arithmetic mean of the two entropies, as
/// scikit-learn has it since 0.22. 1 where both have one cluster only.
double nmi(const Contingency& table);

/// Adjusted Rand index, in [−0.5, 1]; 0 is expected of chance. Hubert, Arabie, J. Classification 2 (1985) 193–218.
double ari(const Contingency& table);

/// The share of examples that are of the commonest class of their predicted cluster. Not symmetric; it rises with K.
double purity(const Contingency& table);

/// Clustering accuracy, ACC: the share of examples that are right under the best one-to-one matching of clusters and
/// classes. Where K is not C, the clusters or classes left over are wrong.
double clustering_accuracy(const Contingency& table);

/// The share of examples whose prediction is their label. No matching; noise is never right.
/// Throws InputError  as contingency does
double accuracy(std::span<const std::int64_t> labels, std::span<const std::int64_t> predicted);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_AGREEMENT_H_
