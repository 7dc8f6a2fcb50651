// Orthonormal directions in which rows spread most. Internal.
#ifndef SHOAL_KERNELS_DIRECTIONS_H_
#define SHOAL_KERNELS_DIRECTIONS_H_

#include <span>

#include "buffer.h"
#include "screen.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Rows laid out as the lanes of panels: a score with lane r is a product with row r, plus bias[r] where there is one.
class LanePanels {
 public:
  explicit LanePanels(const RowMatrix<float>& rows, std::span<const float> bias = {});
  Panels panels() const { return {values_.data(), bias_.data(), count_, cols_, lanes_}; }

 private:
  Index count_, cols_, lanes_;
  Buffer<float> values_, bias_;
};

struct Directions {
  RowMatrix<float> rows;  ///< (P, D) B transposed; nearly orthonormal
  double departure = 0;   ///< η ≥ ‖BᵀB − I‖ as the float32 numbers are
};

/// The `count` leading principal directions of `sample` (M, D), about; count ≤ min(M, D). Good enough to prune with, no
/// more: three steps of subspace iteration on the sample's Gram matrix, from a fixed start.
/// Source: Halko, Martinsson, Tropp, SIAM Review 53 (2011) 217–288, algorithm 4.4.
Directions leading_directions(Isa isa, const RowMatrix<float>& sample, Index count);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_DIRECTIONS_H_
