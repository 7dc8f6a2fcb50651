// The bounds of one row with every centroid, side by side: the float32 loops of Elkan's algorithm. Internal.
#ifndef SHOAL_KERNELS_ROW_BOUNDS_H_
#define SHOAL_KERNELS_ROW_BOUNDS_H_

#include "screen.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// One instruction set's code. All arrays have `count` numbers and need no alignment; none is NaN.
struct RowBounds {
  /// Lists the c with lower[c] − moved[c] ≤ reach · kUp and returns how many; `least` receives the least difference of
  /// the others, ∞ where there are none. A bound of ∞ is not listed with a finite reach.
  Index (*within)(const float* lower, const float* moved, float reach, Index count, std::int32_t* list, float& least);
  /// lower[c] = (what Distances::distances_below says of net and scores[c]) + moved[c], rounded down.
  void (*from_scores)(const float* scores, float net, float slack, float shrink, const float* moved, Index count,
                      float* lower);
  /// The highest score and the second highest; of one score the second is −∞.
  void (*top2)(const float* scores, Index count, float& best, float& second);
  /// Lists the c with scores[c] ≥ floor and returns how many.
  Index (*above)(const float* scores, float floor, Index count, std::int32_t* list);
};

const RowBounds& row_bounds(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ROW_BOUNDS_H_
