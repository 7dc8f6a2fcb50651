// shoal/kernels/representation.h: whether an embedding has collapsed, without labels.
#ifndef SHOAL_KERNELS_REPRESENTATION_H_
#define SHOAL_KERNELS_REPRESENTATION_H_

#include "shoal/array.h"
#include "shoal/context.h"
#include "shoal/random.h"

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

/// Whether features of that rank_me, in D = columns, hardly fill more than one dimension: below 2 of more than 2.
inline bool is_near_a_line(double rank_me, Index columns) { return columns > 2 && rank_me < 2; }

/// The mean over columns of the standard deviation (of N) of rows divided by their length, times √D: near 1 where rows
/// lie evenly on the sphere, 0 where all are alike. A row of zeros stays one.
/// Source: Chen and He, "Exploring simple siamese representation learning", CVPR 2021, figure 2.
double embedding_std(const RowMatrix<double>& features);

/// ln of the mean of exp(−2‖x − y‖²) over `pairs` random pairs of different rows divided by their length: the lower the
/// more even; 0 where all rows are alike. N ≥ 2.
/// Source: Wang and Isola, "Understanding contrastive representation learning through alignment and uniformity on the
/// hypersphere", ICML 2020, t = 2.
double uniformity(const RowMatrix<double>& features, Index pairs, Random random);

/// The mean over rows of ‖x − y‖², x of `features` and y of `positives` (N, D) divided by their length: 0 where the two
/// are alike, 2 where they have nothing to do with each other. Row i of both is of the same example.
/// Source: Wang and Isola, as above, α = 2.
double alignment(const RowMatrix<double>& features, const RowMatrix<double>& positives);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_REPRESENTATION_H_
