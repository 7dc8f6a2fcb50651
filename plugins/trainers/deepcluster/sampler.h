// sampler.h: which examples an epoch trains on, in which order. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SAMPLER_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SAMPLER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "pseudo_labels.h"
#include "shoal/random.h"

enum class Sampler { kUniform, kNatural };

/// N draws of examples, with replacement: first a cluster, all equally likely, then one of its examples. So each
/// cluster fills 1/K of the batches, however small it is. N is the number of examples that a head has a label for.
///
/// `heads` are the pseudo-labels of each head, at least one. Of several heads each in turn decides a draw, so a head's
/// own clusters are drawn equally often in one of H draws, and as the others' clusters fall in the rest.
std::vector<std::int64_t> draw_uniform(std::span<const PseudoLabels> heads, shoal::Random random);

/// Every example that a head has a label for once, in random order.
std::vector<std::int64_t> draw_natural(std::span<const PseudoLabels> heads, shoal::Random random);

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SAMPLER_H_
