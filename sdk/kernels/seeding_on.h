// k-means++ for a chosen instruction set, so that tests can hold them against each other. Internal.
#ifndef SHOAL_KERNELS_SEEDING_ON_H_
#define SHOAL_KERNELS_SEEDING_ON_H_

#include <span>
#include <vector>

#include "isa.h"
#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// k-means++ with `trials` candidates for each centroid after the first.
std::vector<Index> kmeans_plus_plus_on(Isa isa, const Context& context, ConstArray features, Index k, Random random,
                                       std::span<const double> weights, Index trials);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SEEDING_ON_H_
