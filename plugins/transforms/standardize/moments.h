#ifndef SHOAL_PLUGINS_TRANSFORMS_STANDARDIZE_MOMENTS_H_
#define SHOAL_PLUGINS_TRANSFORMS_STANDARDIZE_MOMENTS_H_

#include <Eigen/Core>

#include "shoal/array.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

struct Moments {
  Eigen::RowVectorXd mean;   ///< (D)
  Eigen::RowVectorXd scale;  ///< (D) standard deviation, divisor N; 1 for a column that does not vary
};

/// Two passes over `points` (N, D), sums in double over rows in their order. A variance that rounding alone can
/// explain, at most N·ε·variance + (N·ε·mean)², counts as none, as in scikit-learn's StandardScaler.
template <typename Scalar>  // float, double, std::uint8_t
Moments moments(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points);

#endif  // SHOAL_PLUGINS_TRANSFORMS_STANDARDIZE_MOMENTS_H_
