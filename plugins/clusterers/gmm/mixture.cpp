#include "mixture.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "distance.h"

using distance::kGroup;
using distance::kLanes;
using shoal::Index;

namespace {

constexpr Index kPanels = 8;  // that are looked at together, so that a factor's rows are read once for them
constexpr Index kRows = kPanels * kLanes;

const distance::Loops& loops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return distance::kAvx2;
#endif
  return distance::kBaseline;
}

/// Memory for panels, where vectors of 32 bytes are aligned.
class Panels {
 public:
  explicit Panels(Index size) : memory_(new (std::align_val_t{32}) double[static_cast<std::size_t>(size)]) {}
  double* data() { return memory_.get(); }

 private:
  struct Free {
    void operator()(double* p) const { ::operator delete[](p, std::align_val_t{32}); }
  };
  std::unique_ptr<double[], Free> memory_;
};

Index groups(Index d) { return (d + kGroup - 1) / kGroup; }

/// Rows 4g … 4g + 3 of a lower triangle, up to their last column: [column][row], 0 above the diagonal.
std::vector<double> packed(const Eigen::MatrixXd& lower) {
  const Index d = lower.rows();
  std::vector<double> out;
  for (Index g = 0; g < groups(d); ++g)
    for (Index i = 0; i < std::min(d, (g + 1) * kGroup); ++i)
      for (Index j = g * kGroup; j < (g + 1) * kGroup; ++j) out.push_back(j < d && i <= j ? lower(j, i) : 0);
  return out;
}

[[noreturn]] void not_positive(const Mixture& mixture, Index component) {
  throw shoal::InputError(
      shoal::text("the covariance of component {}, which has {} of the weight, is not positive definite: raise "
                  "'reg_covar', lower 'k', or scale the features",
                  component, mixture.weights[component]));
}

}  // namespace

Densities::Densities(const Mixture& mixture)
    : type_(mixture.type),
      means_(mixture.means),
      constant_(mixture.k()),
      factors_(static_cast<std::size_t>(mixture.k())) {
  const Index d = mixture.d();
  const double scale = static_cast<double>(d) * std::log(2 * std::numbers::pi);
  for (Index c = 0; c < mixture.k(); ++c) {
    std::vector<double>& factor = factors_[static_cast<std::size_t>(c)];
    double log_det = 0;
    if (type_ == CovarianceType::kDiag) {
      const Eigen::RowVectorXd variances = mixture.covariances.row(c);
      if (!(variances.minCoeff() > 0) || !variances.allFinite()) not_positive(mixture, c);
      log_det = variances.array().log().sum();
      for (const double v : variances) factor.push_back(1 / v);
    } else {
      const Eigen::LLT<Eigen::MatrixXd> cholesky(mixture.covariances.middleRows(c * d, d));
      const Eigen::MatrixXd lower = cholesky.matrixL();
      if (cholesky.info() != Eigen::Success || !lower.allFinite()) not_positive(mixture, c);
      log_det = 2 * lower.diagonal().array().log().sum();
      factor = packed(cholesky.matrixL().solve(Eigen::MatrixXd::Identity(d, d)));
    }
    constant_[c] = std::log(mixture.weights[c]) - 0.5 * (scale + log_det);
  }
}

void Densities::log_joint(shoal::ConstArray features, double* out) const {
  const Index d = means_.cols(), k = means_.rows();
  Panels memory(2 * kRows * d + kRows);
  double* const panels = memory.data();
  double* const centred = panels + kRows * d;
  double* const squares = centred + kRows * d;
  visit_matrix(features, [&](const auto& x) {
    for (Index first = 0; first < x.rows(); first += kRows) {
      const Index rows = std::min(kRows, x.rows() - first), count = (rows + kLanes - 1) / kLanes;
      for (Index lane = 0; lane < count * kLanes; ++lane) {  // the last panel's free lanes repeat an example
        const auto* row = x.data() + (first + std::min(lane, rows - 1)) * x.outerStride();
        double* to = panels + lane / kLanes * d * kLanes + lane % kLanes;
        for (Index i = 0; i < d; ++i) to[i * kLanes] = static_cast<double>(row[i]);
      }
      for (Index c = 0; c < k; ++c) {
        squared_distances(c, panels, count, centred, squares);
        for (Index i = 0; i < rows; ++i) out[(first + i) * k + c] = constant_[c] - 0.5 * squares[i];
      }
    }
  });
}

void Densities::squared_distances(Index component, const double* panels, Index count, double* centred,
                                  double* out) const {
  const Index d = means_.cols();
  const double* const mean = means_.data() + component * d;
  const double* factor = factors_[static_cast<std::size_t>(component)].data();
  std::fill_n(out, count * kLanes, 0);
  if (type_ == CovarianceType::kDiag) {
    for (Index p = 0; p < count; ++p) loops().add_diagonal(panels + p * d * kLanes, mean, factor, d, out + p * kLanes);
    return;
  }
  for (Index row = 0; row < count * d; ++row)
    for (Index lane = 0; lane < kLanes; ++lane)
      centred[row * kLanes + lane] = panels[row * kLanes + lane] - mean[row % d];
  for (Index g = 0; g < groups(d); ++g) {
    const Index columns = std::min(d, (g + 1) * kGroup);
    for (Index p = 0; p < count; ++p) loops().add_group(factor, centred + p * d * kLanes, columns, out + p * kLanes);
    factor += columns * kGroup;
  }
}
