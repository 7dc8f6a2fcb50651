// shoal/kernels/within_radius.h: all rows within a radius of every row.
#ifndef SHOAL_KERNELS_WITHIN_RADIUS_H_
#define SHOAL_KERNELS_WITHIN_RADIUS_H_

#include <functional>
#include <span>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Takes points that lie within the radius of a query, ascending.
using UsePoints = std::function<void(Index query, std::span<const Index> points)>;

/// Calls use(query, points) with the rows of `points` (N, D) for which ‖query − point‖² ≤ radius², as float64 decides
/// it on squared distances that are summed as nearest() sums them: the same points for any number of threads and any
/// processor. Where a query has many, there are several calls, one after another with rising points; where it has none,
/// there is no call.
///
/// Both are float32, float64 or uint8, finite, D ≥ 1; radius ≥ 0. Nothing is kept, so that memory is O(N·D) however
/// many points there are. Most of the work is done in float32 with a proven error (docs/kernels.md), O(M·N·D).
/// Threads  `use` runs on the pool's threads, for different queries at the same time.
/// Throws InputError  a shape does not fit (both are named)
///        Cancelled   the user stopped the run
void each_within_radius(Context& context, ConstArray queries, ConstArray points, double radius, const UsePoints& use);

/// The same among the rows of `points` themselves, for each row only those before it.
void each_earlier_within_radius(Context& context, ConstArray points, double radius, const UsePoints& use);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_WITHIN_RADIUS_H_
