#include "shoal/kernels/representation.h"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace shoal::kernels {

double rank_me(const RowMatrix<double>& features) {
  const double scale = features.cwiseAbs().maxCoeff();
  if (!(scale > 0)) return 1;
  const RowMatrix<double> scaled = features / scale;
  const Eigen::MatrixXd gram = scaled.rows() >= scaled.cols() ? Eigen::MatrixXd(scaled.transpose() * scaled)
                                                              : Eigen::MatrixXd(scaled * scaled.transpose());
  const Eigen::VectorXd squares =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(gram, Eigen::EigenvaluesOnly).eigenvalues();
  // What float64 cannot tell from 0 in the squares is 0.
  const double least = squares.maxCoeff() * static_cast<double>(gram.rows()) * 0x1p-52;
  const Eigen::VectorXd singular = (squares.array() > least).select(squares.array().max(0).sqrt(), 0.0);
  const Eigen::ArrayXd p = singular.array() / singular.sum() + 1e-7;
  return std::exp(-(p * p.log()).sum());
}

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
