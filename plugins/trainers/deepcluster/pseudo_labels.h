// pseudo_labels.h: a grouping of the examples, and what can be said of it. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_PSEUDO_LABELS_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_PSEUDO_LABELS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

/// A grouping of N examples into K clusters of which none is empty.
struct PseudoLabels {
  std::vector<std::int64_t> labels;  ///< (N) by number of example; each in [0, K), or −1: noise, in no cluster
  std::vector<std::int64_t> sizes;   ///< (K) each at least 1

  std::int64_t clusters() const { return static_cast<std::int64_t>(sizes.size()); }
  std::int64_t labelled() const;  ///< examples in a cluster
  std::int64_t smallest() const;  ///< size of the smallest cluster; K ≥ 1
  double largest_share() const;   ///< of the labelled examples, that of the largest cluster; K ≥ 1
};

/// Numbers the clusters that have examples by the order of their first one. So neither the clusterer's numbering nor
/// its empty clusters reach the training: a head over K classes has no dead logit.
PseudoLabels compact(std::span<const std::int64_t> clusterer_labels);

/// `now` with its clusters renumbered to the clusters of `previous` that they share most examples with, one to one
/// (Hungarian matching). Clusters that find no partner below K take the numbers that are free.
struct Matched {
  PseudoLabels now;
  double churn = 0;  ///< share of the examples that are not in the partner of the cluster that they were in
};
Matched match_to(const PseudoLabels& previous, const PseudoLabels& now);

/// Means of the clusters, (K, D), of `features` (N, D); noise is left out. Sums in double, in the order of the rows.
shoal::RowMatrix<double> centroids(shoal::ConstArray features, const PseudoLabels& pseudo);

/// 1 − (within-cluster sum of squares) / (sum of squares around the mean), of the labelled rows, in [0, 1]; unlike
/// inertia it can be compared between epochs, whose features differ in scale. 0 where all rows are alike.
double explained_variance(shoal::ConstArray features, const PseudoLabels& pseudo);

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_PSEUDO_LABELS_H_
