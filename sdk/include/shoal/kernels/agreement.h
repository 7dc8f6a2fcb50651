// shoal/kernels/agreement.h: how far two labellings of the same examples agree.
//
// One labelling is called `labels`, the true classes, the other `predicted`; most measures are symmetric. A label is
// any number ≥ 0, or −1 for noise. Noise is never right: it counts in N, and nothing else, in purity and clustering
// accuracy, and as examples of its class that are wrong in normalised clustering accuracy. For all others, which
// compare partitions, all noise together is one more cluster, as in scikit-learn.
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

/// Time O(N) where labels are below some 4·N, else O(N log N).
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

/// Adjusted mutual information, at most 1; 0 is expected of chance: (I − E) / (mean entropy − E), with the arithmetic
/// mean and E the exact expectation of I over all labellings with the same sizes (the hypergeometric model). 1 where
/// both have one cluster only, 0 where one of them has. Time, for R and C different sizes of rows and columns,
/// O(R·C·√N) at most; there are no more than √(2N) different sizes.
/// Source: N. X. Vinh, J. Epps, J. Bailey, JMLR 11 (2010) 2837–2854.
double ami(const Contingency& table);

/// Whether clusters hold one class only, whether classes lie in one cluster only, and the harmonic mean of both, which
/// is nmi(). All in [0, 1]; without anything to tell apart, 1.
/// Source: A. Rosenberg, J. Hirschberg, EMNLP-CoNLL 2007, 410–420.
struct VMeasure {
  double homogeneity = 1, completeness = 1, v = 1;  ///< each in [0, 1]; v is the harmonic mean of both
};
VMeasure v_measure(const Contingency& table);

/// Ordered pairs of examples, (2, 2): row 1 those that the labels put together, column 1 those that the predictions do.
/// All four add up to N·(N − 1).
RowMatrix<std::int64_t> pair_confusion(const Contingency& table);

/// The share of pairs that both put together or both part, in [0, 1]. 1 for one example.
double rand_index(const Contingency& table);

/// Fowlkes–Mallows: the geometric mean of precision and recall of pairs put together, in [0, 1]; 0 where no pair is
/// together in both. E. B. Fowlkes, C. L. Mallows, JASA 78 (1983) 553–569.
double fowlkes_mallows(const Contingency& table);

/// The share of examples that are of the commonest class of their predicted cluster. Not symmetric; it rises with K.
double purity(const Contingency& table);

/// Clustering accuracy, ACC: the share of examples that are right under the best one-to-one matching of clusters and
/// classes. Where K is not C, the clusters or classes left over are wrong.
double clustering_accuracy(const Contingency& table);

/// Normalised clustering accuracy, NCA: the best one-to-one matching of clusters and classes by the share of each class
/// that is right, and of these shares the mean, put on a scale where a share of 1/C is 0: (Σ − 1) / (C − 1). A class
/// counts as much as any other, whatever its size. In [0, 1]; it may fall below 0 for noise alone. Examples whose label
/// is noise have no class and do not count; of one class alone it is 1 if all of it is one cluster, else 0.
/// Source: M. Gagolewski, "Normalised clustering accuracy: an asymmetric external cluster validity measure", J.
/// Classification 42 (2025) 2–30; genieclust.compare_partitions.normalized_clustering_accuracy has the same numbers.
double normalised_clustering_accuracy(const Contingency& table);

/// The share of examples whose prediction is their label. No matching; noise is never right.
/// Throws InputError  as contingency does
double accuracy(std::span<const std::int64_t> labels, std::span<const std::int64_t> predicted);

}  // namespace kernels
}  // namespace gnu::visibility("hidden")]]shoal

#endif  // SHOAL_KERNELS_AGREEMENT_H_
