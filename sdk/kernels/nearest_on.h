// nearest() for a chosen instruction set, so that tests can hold them against each other. Internal.
#ifndef SHOAL_KERNELS_NEAREST_ON_H_
#define SHOAL_KERNELS_NEAREST_ON_H_

#include <span>

#include "centroids.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// What one pass did.
struct NearestReport {
  Index rechecked = 0;  ///< rows that were decided in float64
};

NearestReport nearest_on(Isa isa, const Context& context, ConstArray features, ConstArray centroids,
                         std::span<Index> labels, std::span<double> squared_distance);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_NEAREST_ON_H_
