// shoal/kernels/rank_me.h: how many dimensions features fill.
#ifndef SHOAL_KERNELS_RANK_ME_H_
#define SHOAL_KERNELS_RANK_ME_H_

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// RankMe: exp of the entropy of the singular values σ of `features` (N, D) as they are, p = σ/Σσ + 1e-7: a smooth
/// rank, from 1 to min(N, D); 1 where all are 0.
///
/// Computed in float64 from the eigenvalues of XᵀX, or of XXᵀ where N < D. Time O(N·D²), memory 16·D² and a sixteenth
/// of the features for each thread (all of them, and N², where N < D). On the host's pool; the same bytes for any
/// number of threads. `features` float32, float64 or uint8, N ≥ 1, D ≥ 1, all finite. Source: Garrido, Balestriero,
/// Najman, LeCun, "RankMe: assessing the downstream performance of pretrained self-supervised representations by their
/// rank", ICML 2023.
double rank_me(const Context& context, ConstArray features);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_RANK_ME_H_
