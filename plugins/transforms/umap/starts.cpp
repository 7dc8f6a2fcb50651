#include "starts.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "shoal/kernels/sums.h"

using Eigen::MatrixXd;
using Eigen::VectorXd;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;

namespace {

constexpr Index kRows = 512;   // of a task
constexpr Index kDense = 256;  // so few vertices are solved directly

void fix_signs(MatrixXd& vectors) {
  for (Index c = 0; c < vectors.cols(); ++c) {
    Index largest = 0;
    vectors.col(c).cwiseAbs().maxCoeff(&largest);
    if (vectors(largest, c) < 0) vectors.col(c) = -vectors.col(c);
  }
}

MatrixXd transposed_product(const Context& context, const RowMatrix<double>& a, const RowMatrix<double>& b) {
  return shoal::kernels::sum_over_chunks(context, a.rows(), kRows, [&](Index from, Index to) -> MatrixXd {
    return a.middleRows(from, to - from).transpose() * b.middleRows(from, to - from);
  });
}

/// D^−½ W D^−½ without its first eigenvector, √degree, whose value is 1.
class Adjacency {
 public:
  Adjacency(const Context& context, const FuzzyGraph& graph) : context_(context), graph_(graph), root_(graph.size()) {
    for (Index i = 0; i < graph.size(); ++i) {
      root_[i] = 0;
      for (const double w : graph.weights(i)) root_[i] += w;
    }
    root_ = root_.cwiseSqrt();
  }

  /// out = scale·(S − shift)·x − back·before.
  void apply(const RowMatrix<double>& x, double scale, double shift, double back, const RowMatrix<double>& before,
             RowMatrix<double>& out) const {
    context_.parallel_for(x.rows(), kRows, [&](Index from, Index to) {
      Eigen::RowVectorXd sum(x.cols());
      for (Index i = from; i < to; ++i) {
        sum.setZero();
        const auto neighbors = graph_.neighbors(i);
        const auto weights = graph_.weights(i);
        for (std::size_t e = 0; e < neighbors.size(); ++e)
          sum += weights[e] / (root_[i] * root_[neighbors[e]]) * x.row(neighbors[e]);
        out.row(i) = scale * (sum - shift * x.row(i)) - back * before.row(i);
      }
    });
  }

  /// x with orthonormal columns that are orthogonal to √degree.
  RowMatrix<double> orthonormal(const RowMatrix<double>& x) const {
    const VectorXd first = root_.normalized();
    const MatrixXd apart = x - first * (first.transpose() * x);
    return Eigen::HouseholderQR<MatrixXd>(apart).householderQ() * MatrixXd::Identity(x.rows(), x.cols());
  }

  MatrixXd dense() const {
    MatrixXd out = MatrixXd::Zero(graph_.size(), graph_.size());
    for (Index i = 0; i < graph_.size(); ++i)
      for (std::size_t e = 0; e < graph_.neighbors(i).size(); ++e) {
        const Index j = graph_.neighbors(i)[e];
        out(i, j) = graph_.weights(i)[e] / (root_[i] * root_[j]);
      }
    return out;
  }

 private:
  const Context& context_;
  const FuzzyGraph& graph_;
  VectorXd root_;  // (N) √degree
};

/// T_degree of S mapped so that [−1, cut] becomes [−1, 1]: what lies above the cut grows, the rest does not.
RowMatrix<double> filtered(const Adjacency& adjacency, RowMatrix<double> x, double cut, int degree) {
  const double half = (cut + 1) / 2, middle = (cut - 1) / 2;
  RowMatrix<double> before = x, next(x.rows(), x.cols());
  adjacency.apply(before, 1 / half, middle, 0, before, x);
  for (int i = 1; i < degree; ++i) {
    adjacency.apply(x, 2 / half, middle, 1, before, next);
    std::swap(before, x);
    std::swap(x, next);
  }
  return x;
}

}  // namespace

MatrixXd spectral_start(const Context& context, const FuzzyGraph& graph, Index dims, shoal::Random random) {
  constexpr int kMaxRounds = 40, kDegree = 20;
  constexpr double kResidual = 1e-4;
  const Index n = graph.size();
  const Adjacency adjacency(context, graph);
  if (n <= kDense) {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(adjacency.dense());
    MatrixXd out = solver.eigenvectors().rowwise().reverse().middleCols(1, dims);
    fix_signs(out);
    return out;
  }
  const Index width = std::min(n - 1, dims + std::max<Index>(6, dims / 2));  // more than asked for, to converge sooner
  RowMatrix<double> x(n, width), image(n, width);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.normal();
  double cut = 0;
  double residual = 0;
  MatrixXd out;
  for (int round = 0; round < kMaxRounds; ++round) {
    context.progress(round, kMaxRounds, "rounds of the spectral start");
    x = adjacency.orthonormal(filtered(adjacency, x, cut, kDegree));
    adjacency.apply(x, 1, 0, 0, x, image);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> small(transposed_product(context, x, image));
    const MatrixXd turn = small.eigenvectors().rowwise().reverse();
    const VectorXd values = small.eigenvalues().reverse();
    x = x * turn;
    image = image * turn;
    cut = std::clamp(values[width - 1], -0.9, 0.999999);
    residual = (image - x * values.asDiagonal()).leftCols(dims).colwise().norm().maxCoeff();
    if (residual < kResidual) break;
  }
  if (!(residual < kResidual))
    context.log(shoal::Level::kInfo, "umap: the spectral start is rough: its residual is {}, not {}", residual,
                kResidual);
  out = x.leftCols(dims);
  fix_signs(out);
  return out;
}

MatrixXd pca_start(const Context& context, shoal::ConstArray points, Index dims) {
  return visit_matrix(points, [&](const auto& x) {
    const Index n = x.rows(), d = x.cols();
    const Eigen::RowVectorXd mean = x.template cast<double>().colwise().mean();
    const auto centred = [&](Index from, Index to) -> MatrixXd {
      return x.middleRows(from, to - from).template cast<double>().rowwise() - mean;
    };
    MatrixXd covariance = MatrixXd::Zero(d, d);
    for (Index from = 0; from < n; from += kRows)
      covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred(from, std::min(n, from + kRows)).transpose());
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance);
    const MatrixXd directions = solver.eigenvectors().rowwise().reverse().leftCols(dims);
    MatrixXd out(n, dims);
    context.parallel_for(
        n, kRows, [&](Index from, Index to) { out.middleRows(from, to - from) = centred(from, to) * directions; });
    fix_signs(out);
    return out;
  });
}

RowMatrix<float> spread_out(const MatrixXd& start, shoal::Random random) {
  constexpr double kWidth = 10, kNoise = 1e-4;
  RowMatrix<float> out(start.rows(), start.cols());
  const Eigen::RowVectorXd low = start.colwise().minCoeff(), width = start.colwise().maxCoeff() - low;
  for (Index i = 0; i < out.rows(); ++i)
    for (Index c = 0; c < out.cols(); ++c) {
      const double place = width[c] > 0 ? kWidth * (start(i, c) - low[c]) / width[c] : 0;
      out(i, c) = static_cast<float>(place + kNoise * random.normal());
    }
  return out;
}
