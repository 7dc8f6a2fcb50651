// The vector loops of seeding: sketches and exact distances of single pairs. Internal.
#ifndef SHOAL_KERNELS_SEEDING_LANES_H_
#define SHOAL_KERNELS_SEEDING_LANES_H_

#include <cstdint>

#include "isa.h"
#include "screen.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kGroup = 32;    ///< rows whose sketches lie side by side: groups are [cols][kGroup], one after another
constexpr Index kTogether = 8;  ///< candidates that one pass over sketches takes at most

/// Candidates as a pass over sketches wants them; sketch.h says what the numbers are.
struct Goals {
  const float* values;  ///< [cols][kTogether], in units of the rows' steps; unused lanes are 0
  const float* bias;    ///< (kTogether)
  const float* error;   ///< (kTogether)
  Index count;          ///< 1 … kTogether
};

/// One instruction set's code.
struct SeedingLanes {
  /// Bit r of bits[g · kTogether + c] is set unless bias_c + error_c · reach_r + Σ_j goal_jc · value_jr ≤ limit_r, r
  /// the row's place in group g. In float32, in any order.
  void (*open_int8)(const std::int8_t* values, const float* limit, const float* reach, Index cols, Index groups,
                    const Goals& goals, std::uint32_t* bits);
  void (*open_int16)(const std::int16_t* values, const float* limit, const float* reach, Index cols, Index groups,
                     const Goals& goals, std::uint32_t* bits);

  /// out[i] = squared distance of rows[i] and others[i] as Arithmetic::squared_distance has it, to the last bit.
  void (*distances_float64)(const double* const* rows, const double* const* others, Index count, Index cols,
                            double* out);
  void (*distances_float32)(const float* const* rows, const double* const* others, Index count, Index cols,
                            double* out);
  void (*distances_uint8)(const std::uint8_t* const* rows, const double* const* others, Index count, Index cols,
                          double* out);
};

const SeedingLanes& seeding_lanes(Isa isa = best_isa());

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SEEDING_LANES_H_
