#include "framework/report/page/projection.h"

#include <Eigen/Eigenvalues>

namespace shoal::host {

Projection project(const RowMatrix<double>& rows) {
  const RowMatrix<double> centred = rows.rowwise() - rows.colwise().mean();
  const bool tall = centred.rows() >= centred.cols();
  const Eigen::MatrixXd products =
      tall ? Eigen::MatrixXd(centred.transpose() * centred) : Eigen::MatrixXd(centred * centred.transpose());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);
  const Eigen::MatrixXd top = solver.eigenvectors().rightCols(2).rowwise().reverse();
  const Eigen::VectorXd all = solver.eigenvalues().cwiseMax(0);
  const Eigen::Vector2d largest = all.tail(2).reverse();
  Projection out;
  out.points = tall ? RowMatrix<double>(centred * top) : RowMatrix<double>(top * largest.cwiseSqrt().asDiagonal());
  for (Eigen::Index c = 0; c < 2; ++c) {
    Eigen::Index where = 0;
    out.points.col(c).cwiseAbs().maxCoeff(&where);
    if (out.points(where, c) < 0) out.points.col(c) *= -1;
  }
  if (const double sum = all.sum(); sum > 0) out.explained = largest.sum() / sum;
  return out;
}

}  // namespace shoal::host
