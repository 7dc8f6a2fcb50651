// assignment.h: from clusters that were found to the pseudo-labels of the examples. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_ASSIGNMENT_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_ASSIGNMENT_H_

#include <cstdint>

#include "pseudo_labels.h"
#include "shoal/context.h"

/// hard: as the clusterer says. confident: the same, but epochs leave out the farthest examples of each cluster.
enum class Assignment { kHard, kBalanced, kCapped, kConfident };

/// Labels from a plan in which every cluster gets N/K examples: example i has score −‖x_i − c_j‖²/(2·epsilon) for the
/// mean c_j of cluster j, the plan is sinkhorn()'s, and its label is the cluster that it has the greatest share of (the
/// lowest of equals). So sizes are near N/K, the nearer the smaller epsilon is, but not exactly it.
///
/// The unit of `epsilon` > 0 is half a squared distance of the features. Of unit rows and unit means that is a cosine:
/// epsilon is that of SwAV (0.05), and 1/λ of SeLa (λ = 25).
/// Logs a warning where the plan's columns are not N/K to 1e-6 after 2000 iterations, with how far they are off.
///
/// `features` (N, D); `found` without noise. Clusters that no example has the greatest share of are gone in what is
/// returned. Memory N·K float64.
/// Throws InputError  `found` has noise
/// Source: Asano, Rupprecht, Vedaldi, "Self-labelling via simultaneous clustering and representation learning", ICLR
/// 2020, with distances to means in place of a head's log-probabilities; Caron et al., NeurIPS 2020 (SwAV).
PseudoLabels balanced(const shoal::Context& context, shoal::ConstArray features, const PseudoLabels& found,
                      double epsilon);

/// Of all labels with at most ⌈size_cap·N/K⌉ examples of one those that are nearest to the means of the clusters
/// `found` (least sum of squared distances). size_cap ≥ 1. Throws InputError  `found` has noise
PseudoLabels capped(const shoal::Context& context, shoal::ConstArray features, const PseudoLabels& found,
                    double size_cap);

/// `pseudo` where the farthest ⌊share·size⌋ examples of every cluster from its mean are noise; of equally far ones the
/// higher rows. Clusters keep their numbers and at least one example. 0 ≤ share < 1.
PseudoLabels without_farthest(const shoal::Context& context, shoal::ConstArray features, const PseudoLabels& pseudo,
                              double share);

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_ASSIGNMENT_H_
