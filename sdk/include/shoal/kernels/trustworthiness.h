// shoal/kernels/trustworthiness.h: whether neighbours in an embedding are neighbours in the features too.
#ifndef SHOAL_KERNELS_TRUSTWORTHINESS_H_
#define SHOAL_KERNELS_TRUSTWORTHINESS_H_

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// 1 − 2/(N·k·(2N − 3k − 1)) · Σ_i Σ_j max(0, rank(i, j) − k), over the k nearest rows j of each row i of `embedding`
/// (N, E); rank(i, j) is j's place among the neighbours of i in `features` (N, D), 1 for the nearest; of equal
/// distances the lowest row comes first in both. 1: every neighbour is a true one; about ½: as in a random embedding.
///
/// Distances are Euclidean, in float64 by direct differences. The same bytes for any number of threads. Time O(N²·D).
/// Throws InputError  different N, or not 1 ≤ k < N/2
///        Cancelled   the user stopped the run
/// Source: Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001; as scikit-learn's.
double trustworthiness(Context& context, ConstArray features, ConstArray embedding, Index k);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_TRUSTWORTHINESS_H_
