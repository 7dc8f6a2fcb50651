// From the scores of many rows to distances, bounds, and the rows that these leave open: float32 loops. Internal.
#ifndef SHOAL_KERNELS_DISTANCES_H_
#define SHOAL_KERNELS_DISTANCES_H_

#include "centroid_moves.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// One instruction set's code; row_bounds.h has that for one row and many centroids.
struct Distances {
  /// out[i] = √(max(0, norm2[i] − 2·score[i]) + error) · kUp, which the distance does not exceed.
  void (*distances_above)(const float* norm2, const float* score, const DistanceError& error, Index count, float* out);
  /// out[i] = (√max(0, net[i] − 2·score[i]) · kDown − slack[i]) · shrink, or 0, which the distance does not fall below.
  void (*distances_below)(const float* net, const float* score, const float* slack, float shrink, Index count,
                          float* out);
  /// net[i] = norm2[i] − error
  void (*less_error)(const float* norm2, const DistanceError& error, Index count, float* net);
  /// floor[i] is the least score with which distances_below is at most reach[i].
  void (*floors)(const float* norm2, const float* net, const float* slack, float shrink, const float* reach,
                 Index count, float* floor);
  /// out[i] = the least of lower[g · apart + i] − moved[g] over the groups g
  void (*lowest)(const float* lower, Index apart, Index groups, const float* moved, Index count, float* out);
  /// Lists the i < count of which best and second lie no farther apart than `error`, of norm2, or that have no scores,
  /// and returns how many.
  Index (*unsure)(const float* norm2, const float* best, const float* second, const DistanceError& error, Index count,
                  std::int32_t* list);
  /// gap[i] = best[i] − second[i] − error, of norm2, rounded down: the second is no nearer in float64 where that is
  /// above 0. −∞ for what has no scores.
  void (*gaps)(const float* norm2, const float* best, const float* second, const DistanceError& error, Index count,
               float* gap);
  /// Gaps and radii (how far a row is from its own centroid, at most) after a move; own[i] is row i's centroid. Lists
  /// the i < count of which float64 might find another centroid nearer now, and returns how many. All arrays have room
  /// for whole vectors.
  Index (*follow)(const std::uint8_t* own, const CentroidMoves::Tables& moves, Index count, float* gap, float* radius,
                  std::int32_t* list);
  /// Lists the i < count with lower[i] − moved ≤ reach[i] · kUp and returns how many. A reach that is NaN is not
  /// listed.
  Index (*within)(const float* lower, float moved, const float* reach, Index count, std::int32_t* list);
};

const Distances& distances(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_DISTANCES_H_
