#include "shoal/kernels/representation.h"

#include <cmath>

#include "shoal/matrix.h"

namespace shoal::kernels {

double embedding_std(const RowMatrix<double>& features) {
  const RowMatrix<double> x = unit_rows(ConstArray(features));
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::RowVectorXd variance = (x.rowwise() - mean).array().square().colwise().mean();
  return variance.array().sqrt().mean() * std::sqrt(static_cast<double>(x.cols()));
}

double uniformity(const RowMatrix<double>& features, Index pairs, Random random) {
  const RowMatrix<double> x = unit_rows(ConstArray(features));
  double sum = 0;
  for (Index pair = 0; pair < pairs; ++pair) {
    const Index a = random.below(x.rows());
    const Index other = random.below(x.rows() - 1), b = other + (other >= a ? 1 : 0);
    sum += std::exp(-2 * (x.row(a) - x.row(b)).squaredNorm());
  }
  return std::log(sum / static_cast<double>(pairs));
}

double alignment(const RowMatrix<double>& features, const RowMatrix<double>& positives) {
  require(features.rows() == positives.rows() && features.cols() == positives.cols(),
          "features and positives must have one shape, but are ({}, {}) and ({}, {})", features.rows(), features.cols(),
          positives.rows(), positives.cols());
  return (unit_rows(ConstArray(features)) - unit_rows(ConstArray(positives))).rowwise().squaredNorm().mean();
}

}  // namespace shoal::kernels
