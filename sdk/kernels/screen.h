// The float32 pass that finds, for each row, the best centroid and how far the runner-up lies behind. Internal.
//
// It only screens: nearest.cpp knows how wrong a score can be and decides doubtful rows in float64. So this file alone
// may use fused multiply-adds and any order of addition.
#ifndef SHOAL_KERNELS_SCREEN_H_
#define SHOAL_KERNELS_SCREEN_H_

#include <cstdint>

#include "isa.h"
#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kPanel = 16;      ///< centroids that lie side by side: panels are [cols][kPanel], one after another
constexpr Index kBlockRows = 96;  ///< rows screened together; a multiple of every tile's height

/// Per row and lane of a panel: the highest score, the second highest, and the panel of the highest.
struct alignas(64) Best {
  float best[kBlockRows * kPanel];
  float second[kBlockRows * kPanel];
  std::int32_t panel[kBlockRows * kPanel];
};

/// Centroids ready to be screened against. score(x, c) = x·c − ½‖c‖²; the highest score is the nearest centroid.
struct Panels {
  const float* values;  ///< panel after panel; unused lanes are 0
  const float* bias;    ///< −½‖c‖² for each lane; −∞ in unused ones
  Index count;          ///< of panels
  Index cols;
};

/// One instruction set's code.
struct Screen {
  /// out = float32((x − mean) · scale), of one row; returns ‖out‖², or infinity where that is no float32.
  float (*pack_float64)(const double* x, const double* mean, double scale, Index cols, float* out);
  float (*pack_float32)(const float* x, const double* mean, double scale, Index cols, float* out);
  float (*pack_uint8)(const std::uint8_t* x, const double* mean, double scale, Index cols, float* out);
  /// Screens kBlockRows or fewer packed rows (`cols` apart); those up to the next multiple of the tile's height are
  /// read too. `rows` ≥ 1.
  void (*block)(const float* x, Index rows, const Panels& panels, Best& best);
  /// All scores of one packed row: count · kPanel numbers.
  void (*scores)(const float* x, const Panels& panels, float* out);
};

const Screen& screen(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SCREEN_H_
