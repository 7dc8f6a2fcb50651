#ifndef SHOAL_PLUGINS_TRANSFORMS_PCA_GRAM_H_
#define SHOAL_PLUGINS_TRANSFORMS_PCA_GRAM_H_

#include <Eigen/Core>

#include "shoal/array.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

/// The mean of each column of `points` (N, D): sums in double over rows in their order.
template <typename Scalar>  // float, double, std::uint8_t
Eigen::RowVectorXd column_means(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points);

/// (D, D) Σ (x − mean)ᵀ(x − mean), symmetric. Products are float32 for float32 and uint8, else float64; sums of 256
/// rows in that type are added up in double, in the order of the rows.
///
/// Each product is a multiplication and an addition, each rounded, lane by lane: the same bytes on every processor,
/// whether it has AVX2 or not, and for every number of threads. Time O(N·D²/2), memory 2048·D numbers beside the
/// result.
template <typename Scalar>
Eigen::MatrixXd centred_gram(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
                             const Eigen::RowVectorXd& mean);

#endif  // SHOAL_PLUGINS_TRANSFORMS_PCA_GRAM_H_
