// An order of centroids in which those of one panel are near each other. Internal.
#ifndef SHOAL_KERNELS_ARRANGE_H_
#define SHOAL_KERNELS_ARRANGE_H_

#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The rows of `centroids` (K, D) in such an order: halves, along the line through two that are far apart, are halved
/// again until one panel holds them. Groups of near centroids have bounds that hold for longer. Time O(K·D·log K).
std::vector<Index> arrange(const RowMatrix<double>& centroids);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ARRANGE_H_
