// The float32 work on rows and centroids: scores, and how far the runner-up lies behind. Internal.
//
// It only screens: radius.h knows how wrong a score can be, and doubtful rows are decided in float64. So this alone may
// use fused multiply-adds and any order of addition.
#ifndef SHOAL_KERNELS_SCREEN_H_
#define SHOAL_KERNELS_SCREEN_H_

#include <algorithm>
#include <cstdint>

#include "isa.h"
#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kPanel = 16;  ///< centroids that lie side by side: panels are [cols][kPanel], one after another
constexpr Index kLine = 16;   ///< floats in a line of the cache

/// Products of so many columns are added one after another; the sums of these spans then are. Sums along a row are at
/// least kSums side by side. So the error grows with less than the number of columns (screen_gamma).
constexpr Index kSpan = 112, kSums = 16;

/// γ: how far a sum over `cols` columns may be off that one of Screen's functions makes, as a share of the sum of its
/// terms' sizes.
inline double screen_gamma(Index cols) {
  const Index additions = std::min(cols, kSpan + (cols + kSums - 1) / kSums) + 16;
  const double error = static_cast<double>(additions) * 0x1p-24;
  return error / (1 - error);
}

/// Centroids ready to be screened against. score(x, c) = x·c + bias(c); the highest score is the nearest centroid.
struct Panels {
  const float* values;  ///< panel after panel; unused lanes are 0
  const float* bias;    ///< one for each lane; −∞ in unused ones
  Index count;          ///< of panels
  Index cols;
  Index lanes;  ///< used ones: K of them, those of the last panel that are left over come last

  Index lanes_of(Index panel) const { return std::min(kPanel, lanes - panel * kPanel); }
};

/// Bounds are multiplied by these to make room for the rounding of a few float32 operations, and for float64's own
/// where it decides (D < 2²⁸).
constexpr float kUp = 1 + 0x1p-21F, kDown = 1 - 0x1p-21F;

/// Of each row: the highest score, the second highest, and the lane (panel · kPanel + place) of the highest.
struct Best {
  float* best;
  float* second;
  std::int32_t* lane;
};

/// Rows that are needed next: they are fetched from memory while others are worked on. None do no harm.
struct Ahead {
  const float* const* rows = nullptr;
  Index count = 0;
  bool in_cache = false;  ///< these and the rows that are worked on, as they were just written: nothing is fetched
};

/// A row of which float32 does not hold the square, in the frame, has no scores.
constexpr float kNoScores = 1e30F;

/// How far norm2 − 2·score may be from a squared distance: constant + linear·√norm2 + square·norm2.
struct DistanceError {
  float constant, linear, square;
};

/// One instruction set's code. Rows are float32, given by their addresses, and need no alignment.
struct Screen {
  /// out = float32((x − shift) · scale) of one row; returns ‖out‖², or infinity where that is no float32.
  float (*pack_float64)(const double* x, const float* shift, double scale, Index cols, float* out);
  float (*pack_float32)(const float* x, const float* shift, double scale, Index cols, float* out);
  /// out = float32(x), exactly; returns ‖x − shift‖².
  float (*widen_uint8)(const std::uint8_t* x, const float* shift, Index cols, float* out);
  /// out[i] = ‖rows[i] − shift‖²
  void (*squared_norms)(const float* const* rows, const float* shift, Index count, Index cols, float* out);
  /// The best and second best of one panel. Where the best is not above floor[i], `second` and `lane` mean nothing.
  void (*top2_of_panel)(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                        const Best& out);
  /// The best and second best of the panels from `first` up to `last` (without it).
  void (*top2)(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out,
               const Ahead& ahead);
  /// All kPanel scores of one row with one panel.
  void (*scores)(const float* row, const Panels& panels, Index panel, float* out);
  /// All scores of `count` rows with all panels: out (count, panels · kPanel).
  void (*all_scores)(const float* const* rows, Index count, const Panels& panels, float* out);
  /// Of each row with one panel: the lanes that score at least floor[i], and the best score of the others.
  void (*lanes_above)(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                      std::uint16_t* lanes, float* best_below);
  /// out[i] = rows[i]·others[i]
  void (*dots)(const float* const* rows, const float* const* others, Index count, Index cols, float* out);
  void (*dots_uint8)(const std::uint8_t* const* rows, const float* const* others, Index count, Index cols, float* out);
};

const Screen& screen(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SCREEN_H_
