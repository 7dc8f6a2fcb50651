// Screening with rows as the lanes, for what wastes lanes the other way round: few centroids, or few columns. Internal.
#ifndef SHOAL_KERNELS_ROW_LANES_H_
#define SHOAL_KERNELS_ROW_LANES_H_

#include "screen.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Functions of Screen, with the same results.
struct RowLanes {
  void (*top2)(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out,
               const Ahead& ahead);
  void (*lanes_above)(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                      std::uint16_t* lanes, float* best_below);

  /// For rows that are scored again and again: they are turned once. They come in blocks of so many, each of which
  /// takes block · cols floats, and the last is filled up with the last row. `turned` is aligned to a line of the
  /// cache.
  Index block;
  void (*turn)(const float* const* rows, Index count, Index cols, float* turned);
  void (*top2_of_turned)(const float* turned, Index count, const Panels& panels, Index first, Index last,
                         const Best& out);
};

const RowLanes& row_lanes(Isa isa = best_isa());

/// Whether this is the faster way with the panels from `first` up to `last`: where one alone would be partly empty, and
/// where rows are short and panels few. (With many, the other way soon sees that a whole panel holds no better score.)
inline bool row_lanes_pay(const Panels& panels, Index first, Index last) {
  constexpr Index kFewLanes = 12, kFewCols = 64, kFewPanels = 16;
  if (last - first == 1) return panels.lanes_of(first) <= kFewLanes;
  return panels.cols <= kFewCols && last - first <= kFewPanels;
}

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ROW_LANES_H_
