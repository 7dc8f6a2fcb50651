// merge.h: from many clusters and how often they are taken for one another to a few classes. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_MERGE_H_
#define SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_MERGE_H_

#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

/// Joins the two groups whose members are most alike on average, until `groups` are left (average linkage, UPGMA).
/// `similarity` (K, K) symmetric, 1 ≤ groups ≤ K; of equally alike pairs the first is joined. Returns the group (K) of
/// each, numbered by their first members. Time O(K³).
/// Source: Sokal and Michener, "A statistical method for evaluating systematic relationships", 1958.
std::vector<shoal::Index> average_linkage(const shoal::RowMatrix<double>& similarity, shoal::Index groups);

/// The sums of `matrix` (K, K) over the rows and columns of each pair of groups, (G, G).
shoal::RowMatrix<double> sum_by_group(const shoal::RowMatrix<double>& matrix, const std::vector<shoal::Index>& group_of,
                                      shoal::Index groups);

struct Partition {
  std::vector<shoal::Index> class_of;  ///< (G), classes numbered by their first group
  double objective = 0;
};

constexpr shoal::Index kMostGroups = 16;

/// The best of all partitions of G groups into `classes` classes, by
///   J = Σ_B [ within(B) / degree(B) + balance · (−p_B ln p_B) ],
/// within(B) the sum of `joint` (G, G; symmetric, ≥ 0) over B × B, degree(B) over B × all, and p_B the sum of `shares`
/// (G; they add up to 1) over B: what is confused belongs together, and classes are about equally large. J is a sum
/// over classes, so the best partition of each subset of groups is found from those of smaller ones, exactly. 1 ≤
/// classes ≤ G ≤ kMostGroups. Time O(3^G), memory O(2^G · G).
Partition best_partition(const shoal::RowMatrix<double>& joint, const Eigen::VectorXd& shares, shoal::Index classes,
                         double balance);

#endif  // SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_MERGE_H_
