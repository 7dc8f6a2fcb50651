// The float32 work on rows and centroids: scores, and how far the runner-up lies behind. Internal.
//
// It only screens: radius.h knows how wrong a score can be, and doubtful rows are decided in float64. So this alone may
// use fused multiply-adds and any order of addition.
#ifndef SHOAL_KERNELS_SCREEN_H_
#define SHOAL_KERNELS_SCREEN_H_

#include <cstdint>

#include "isa.h"
#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kPanel = 16;  ///< centroids that lie side by side: panels are [cols][kPanel], one after another

/// Centroids ready to be screened against. score(x, c) = x·c + bias(c); the highest score is the nearest centroid.
struct Panels {
  const float* values;  ///< panel after panel; unused lanes are 0
  const float* bias;    ///< one for each lane; −∞ in unused ones
  Index count;          ///< of panels
  Index cols;
};

/// Of each row: the highest score, the second highest, and the lane (panel · kPanel + place) of the highest.
struct Best {
  float* best;
  float* second;
  std::int32_t* lane;
};

/// One instruction set's code. Rows are float32, given by their addresses, and need no alignment.
struct Screen {
  /// out = float32((x − shift) · scale) of one row; returns ‖out‖², or infinity where that is no float32.
  float (*pack_float64)(const double* x, const float* shift, double scale, Index cols, float* out);
  float (*pack_float32)(const float* x, const float* shift, double scale, Index cols, float* out);
  /// out = float32(x), exactly; returns ‖x − shift‖².
  float (*widen_uint8)(const std::uint8_t* x, const float* shift, Index cols, float* out);
  /// ‖x − shift‖²
  float (*squared_norm)(const float* x, const float* shift, Index cols);
  /// The best and second best of the panels from `first` up to `last` (without it).
  void (*top2)(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out);
  /// All kPanel scores of one row with one panel.
  void (*scores)(const float* row, const Panels& panels, Index panel, float* out);
  /// out[i] = rows[i]·others[i]
  void (*dots)(const float* const* rows, const float* const* others, Index count, Index cols, float* out);
};

const Screen& screen(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SCREEN_H_
