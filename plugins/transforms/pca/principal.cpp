#include "principal.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Sets the signs, and variances that rounding has made negative to 0.
Principal finished(const VectorXd& variances, MatrixXd components) {
  for (Index c = 0; c < components.cols(); ++c) {
    Index largest = 0;
    components.col(c).cwiseAbs().maxCoeff(&largest);
    if (components(largest, c) < 0) components.col(c) = -components.col(c);
  }
  return {variances.cwiseMax(0), std::move(components)};
}

/// A tridiagonal matrix T − shift, factored with row exchanges.
class ShiftedTridiagonal {
 public:
  ShiftedTridiagonal(const VectorXd& diagonal, const VectorXd& off, double shift, double tiny)
      : u0_(diagonal.array() - shift),
        u1_(diagonal.size()),
        u2_(VectorXd::Zero(diagonal.size())),
        factor_(off.size()),
        swapped_(static_cast<std::size_t>(off.size())) {
    u1_ << off, 0;
    for (Index i = 0; i < off.size(); ++i) {
      double below = off[i];
      const bool swap = std::abs(below) > std::abs(u0_[i]);
      swapped_[static_cast<std::size_t>(i)] = swap;
      if (swap) {
        std::swap(u0_[i], below);
        std::swap(u1_[i], u0_[i + 1]);
        std::swap(u2_[i], u1_[i + 1]);
      }
      if (std::abs(u0_[i]) < tiny) u0_[i] = tiny;
      factor_[i] = below / u0_[i];
      u0_[i + 1] -= factor_[i] * u1_[i];
      u1_[i + 1] -= factor_[i] * u2_[i];
    }
    if (std::abs(u0_[off.size()]) < tiny) u0_[off.size()] = tiny;
  }

  void solve(VectorXd& x) const {
    for (Index i = 0; i < factor_.size(); ++i) {
      if (swapped_[static_cast<std::size_t>(i)]) std::swap(x[i], x[i + 1]);
      x[i + 1] -= factor_[i] * x[i];
    }
    for (Index i = x.size() - 1; i >= 0; --i) {
      if (i + 1 < x.size()) x[i] -= u1_[i] * x[i + 1];
      if (i + 2 < x.size()) x[i] -= u2_[i] * x[i + 2];
      x[i] /= u0_[i];
    }
  }

 private:
  VectorXd u0_, u1_, u2_, factor_;
  std::vector<bool> swapped_;
};

/// Vectors of a tridiagonal matrix for `values` (k, falling) by inverse iteration, each made orthogonal to those
/// before.
MatrixXd tridiagonal_vectors(const VectorXd& diagonal, const VectorXd& off, const VectorXd& values, double scale) {
  const double tiny = scale * std::numeric_limits<double>::epsilon();
  shoal::Random random(0);  // starts only: the vectors do not hang on them
  MatrixXd out(diagonal.size(), values.size());
  for (Index c = 0; c < values.size(); ++c) {
    const ShiftedTridiagonal shifted(diagonal, off, values[c], tiny);
    VectorXd x(diagonal.size());
    for (double& number : x) number = random.uniform(-1, 1);
    for (int step = 0; step < 4; ++step) {
      shifted.solve(x);
      x.normalize();
      for (int again = 0; again < 2; ++again) x -= out.leftCols(c) * (out.leftCols(c).transpose() * x);
      x.normalize();
    }
    out.col(c) = x;
  }
  return out;
}

std::optional<Principal> some_vectors(const MatrixXd& covariance, Index k) {
  const Eigen::Tridiagonalization<MatrixXd> reduced(covariance);
  const VectorXd diagonal = reduced.diagonal(), off = reduced.subDiagonal();
  Eigen::SelfAdjointEigenSolver<MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, off, Eigen::EigenvaluesOnly);
  const VectorXd values = solver.eigenvalues().reverse().head(k);
  const double scale = std::max(std::abs(values[0]), std::numeric_limits<double>::min());
  const MatrixXd vectors = reduced.matrixQ() * tridiagonal_vectors(diagonal, off, values, scale);
  const double residual = (covariance * vectors - vectors * values.asDiagonal()).colwise().norm().maxCoeff();
  const double skew = (vectors.transpose() * vectors - MatrixXd::Identity(k, k)).cwiseAbs().maxCoeff();
  if (!(residual <= 1e-9 * scale && skew <= 1e-9)) return std::nullopt;  // NaN too
  return finished(values, vectors);
}

}  // namespace

Principal principal_full(const MatrixXd& covariance, Index k) {
  if (3 * k <= covariance.rows())
    if (auto found = some_vectors(covariance, k)) return *std::move(found);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance);
  return finished(solver.eigenvalues().reverse().head(k), solver.eigenvectors().rowwise().reverse().leftCols(k));
}

Principal principal_randomized(const MatrixXd& covariance, Index k, shoal::Random random) {
  const Index width = std::min(covariance.rows(), k + 10);
  MatrixXd basis(covariance.rows(), width);
  for (double& number : basis.reshaped()) number = random.normal();
  for (int step = 0; step < 8; ++step) {
    const Eigen::HouseholderQR<MatrixXd> qr(covariance * basis);
    basis = qr.householderQ() * MatrixXd::Identity(covariance.rows(), width);
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> small(basis.transpose() * covariance * basis);
  return finished(small.eigenvalues().reverse().head(k), basis * small.eigenvectors().rowwise().reverse().leftCols(k));
}
