#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "shoal/kernels/representation.h"
#include "shoal/kernels/sums.h"

namespace shoal {
namespace kernels {
namespace {

/// XᵀX of x / scale.
template <typename Points>
Eigen::MatrixXd gram(const Context& context, const Points& x, double scale) {
  return sum_over_chunks(context, x.rows(), sixteenth(x.rows()), [&](Index from, Index to) -> Eigen::MatrixXd {
    const RowMatrix<double> rows = x.middleRows(from, to - from).template cast<double>() / scale;
    return rows.transpose() * rows;
  });
}

template <typename Points>
double rank_of(const Context& context, const Points& x) {
  double scale = 0;
  for (Index i = 0; i < x.rows(); ++i) scale = std::max(scale, x.row(i).template cast<double>().cwiseAbs().maxCoeff());
  if (scale == 0) return 1;
  Eigen::MatrixXd products;
  if (x.rows() >= x.cols()) {
    products = gram(context, x, scale);
  } else {
    const RowMatrix<double> rows = x.template cast<double>() / scale;
    products = rows * rows.transpose();
  }
  const Eigen::VectorXd squares =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(products, Eigen::EigenvaluesOnly).eigenvalues();
  // What float64 cannot tell from 0 in the squares is 0.
  const double least = squares.maxCoeff() * static_cast<double>(products.rows()) * 0x1p-52;
  const Eigen::VectorXd singular = (squares.array() > least).select(squares.array().max(0).sqrt(), 0.0);
  const Eigen::ArrayXd p = singular.array() / singular.sum() + 1e-7;
  return std::exp(-(p * p.log()).sum());
}

}  // namespace

double rank_me(const Context& context, ConstArray features) {
  require_feature_shape(features);
  return visit_matrix(features, [&](const auto& x) { return rank_of(context, x); });
}

}  // namespace kernels
}  // namespace shoal
