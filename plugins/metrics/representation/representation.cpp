#include "representation.h"

#include <cmath>

using shoal::Index;

double embedding_std(const shoal::RowMatrix<double>& features) {
  const shoal::RowMatrix<double> x = shoal::unit_rows(shoal::ConstArray(features));
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::RowVectorXd variance = (x.rowwise() - mean).array().square().colwise().mean();
  return variance.array().sqrt().mean() * std::sqrt(static_cast<double>(x.cols()));
}

double uniformity(const shoal::RowMatrix<double>& features, Index pairs, shoal::Random random) {
  const shoal::RowMatrix<double> x = shoal::unit_rows(shoal::ConstArray(features));
  double sum = 0;
  for (Index pair = 0; pair < pairs; ++pair) {
    const Index a = random.below(x.rows());
    const Index other = random.below(x.rows() - 1), b = other + (other >= a ? 1 : 0);
    sum += std::exp(-2 * (x.row(a) - x.row(b)).squaredNorm());
  }
  return std::log(sum / static_cast<double>(pairs));
}
