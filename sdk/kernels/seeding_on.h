// What the ways of seeding share, and k-means++ for a chosen instruction set, so that tests can hold them against each
// other. Internal.
#ifndef SHOAL_KERNELS_SEEDING_ON_H_
#define SHOAL_KERNELS_SEEDING_ON_H_

#include <span>
#include <vector>

#include "arithmetic.h"
#include "isa.h"
#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// k-means++ with `trials` candidates for each centroid after the first.
std::vector<Index> kmeans_plus_plus_on(Isa isa, const Context& context, ConstArray features, Index k, Random random,
                                       std::span<const double> weights, Index trials);

/// 2 + ⌊ln k⌋
Index greedy_trials(Index k);

/// A row in proportion to its weight.
Index first_row(Index n, Random& random, std::span<const double> weights);

/// Throws InputError  fewer than k of n rows have a weight above 0, or there are not n weights
void require_enough(Index n, Index k, std::span<const double> weights);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SEEDING_ON_H_
