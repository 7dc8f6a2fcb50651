// ensemble.h: several labellings of the same examples, their agreement, and one made of them. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_ENSEMBLE_H_
#define SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_ENSEMBLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "shoal/array.h"

/// Labellings (R of N): labels ≥ 0, or −1 for noise, which is one more cluster where labellings are compared.
using Labellings = std::vector<std::span<const std::int64_t>>;

/// The mean adjusted Rand index of each of R ≥ 2 labellings to the R − 1 others. Time O(R²·N log N).
std::vector<double> mean_agreement(const Labellings& labellings);

/// The labelling that agrees most with the others: the medoid of the ensemble. The first of several.
std::size_t medoid(const std::vector<double>& agreement);

/// For each example the label that most labellings give it, in the numbering of labelling `reference`: the clusters of
/// each other one are first matched to it one to one, so that most examples agree; those that are left over and noise
/// have no vote. A tie goes to the reference's label, where that is among the most named, else to the lowest.
/// Source: Dudoit and Fridlyand, "Bagging to improve the accuracy of a clustering procedure", Bioinformatics 19 (2003)
/// 1090–1099 (BagClust1).
std::vector<std::int64_t> vote(const Labellings& labellings, std::size_t reference);

#endif  // SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_ENSEMBLE_H_
