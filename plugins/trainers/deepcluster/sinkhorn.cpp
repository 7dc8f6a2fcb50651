#include "sinkhorn.h"

#include <Eigen/QR>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

namespace {

using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;
using Exponents = Eigen::VectorXd;  // (K) what is added to the scores of each column

constexpr Index kBlock = 256;       // rows
constexpr double kFarthest = 100;   // an exponent that is kept outside the kernel
constexpr std::size_t kWindow = 8;  // steps that the extrapolation looks back

/// Plans by the exponents of their columns: the plan is kernel(i, j)·exp(column_j), its rows divided by their sums.
class Plans {
 public:
  Plans(const Context& context, Index n, Index k, const ScoresOfRows& scores)
      : context_(context), scores_(scores), kernel_(n, k), greatest_(n), inside_(Exponents::Zero(k)) {
    std::vector<Eigen::RowVectorXd> parts(blocks());
    for_each_block([&](std::size_t block, Index from, RowMatrix<double>& x) {
      scores_(from, x);
      parts[block] = (x.colwise() - x.rowwise().maxCoeff().eval()).colwise().maxCoeff();
    });
    for (std::size_t b = 1; b < parts.size(); ++b) parts[0] = parts[0].cwiseMax(parts[b]);
    take_in(-parts[0].transpose());
  }

  /// The exponents with which every row, and every column, has a 1 as its greatest before it is scaled.
  const Exponents& start() const { return start_; }

  /// What one plan is worth.
  struct Look {
    Eigen::VectorXd column_sums;  // (K)
    double dual = 0;              // Σ N/K·exponent − Σ ln(sum of a row's exp): greatest where all columns are even
  };

  /// Reads the plan of these exponents, once.
  Look look(const Exponents& exponents) {
    if ((exponents - inside_).cwiseAbs().maxCoeff() > kFarthest) take_in(exponents);
    const Eigen::RowVectorXd columns = (exponents - inside_).transpose().array().exp();
    std::vector<Eigen::RowVectorXd> sums(blocks());
    std::vector<double> logs(blocks());
    context_.parallel_for(kernel_.rows(), kBlock, [&](Index from, Index to) {
      Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(kernel_.cols());
      double log = 0;
      for (Index i = from; i < to; ++i) {
        const double row = kernel_.row(i).dot(columns);
        sum += kernel_.row(i) / row;
        log += greatest_[i] + std::log(row);
      }
      sums[static_cast<std::size_t>(from / kBlock)] = std::move(sum);
      logs[static_cast<std::size_t>(from / kBlock)] = log;
    });
    for (std::size_t b = 1; b < sums.size(); ++b) sums[0] += sums[b], logs[0] += logs[b];
    const double even = static_cast<double>(kernel_.rows()) / static_cast<double>(kernel_.cols());
    return {sums[0].cwiseProduct(columns).transpose(), even * exponents.sum() - logs[0]};
  }

  RowMatrix<double> plan(const Exponents& exponents) && {
    if ((exponents - inside_).cwiseAbs().maxCoeff() > kFarthest) take_in(exponents);
    const Eigen::RowVectorXd columns = (exponents - inside_).transpose().array().exp();
    context_.parallel_for(kernel_.rows(), kBlock, [&](Index from, Index to) {
      for (Index i = from; i < to; ++i) {
        kernel_.row(i) = kernel_.row(i).cwiseProduct(columns).eval();
        kernel_.row(i) /= kernel_.row(i).sum();
      }
    });
    return std::move(kernel_);
  }

  Index rebuilds() const { return rebuilds_; }

 private:
  std::size_t blocks() const { return static_cast<std::size_t>((kernel_.rows() + kBlock - 1) / kBlock); }

  template <typename Use>
  void for_each_block(Use&& use) {
    context_.parallel_for(kernel_.rows(), kBlock, [&](Index from, Index to) {
      RowMatrix<double> x(to - from, kernel_.cols());
      use(static_cast<std::size_t>(from / kBlock), from, x);
    });
  }

  /// The kernel anew, with these exponents in it.
  void take_in(const Exponents& exponents) {
    inside_ = exponents;
    if (rebuilds_++ == 0) start_ = exponents;
    for_each_block([&](std::size_t, Index from, RowMatrix<double>& x) {
      scores_(from, x);
      x.rowwise() += inside_.transpose();
      greatest_.segment(from, x.rows()) = x.rowwise().maxCoeff();
      x.colwise() -= greatest_.segment(from, x.rows());
      kernel_.middleRows(from, x.rows()) = x.array().exp();
    });
  }

  const Context& context_;
  const ScoresOfRows& scores_;
  RowMatrix<double> kernel_;  // (N, K) exp(score + inside − greatest): each row's greatest is 1
  Eigen::VectorXd greatest_;  // (N)
  Exponents inside_, start_;
  Index rebuilds_ = 0;
};

/// Anderson's extrapolation of a fixed-point iteration x ← x + step(x), type II.
class Extrapolation {
 public:
  /// Where to look next.
  Eigen::VectorXd next(const Eigen::VectorXd& x, const Eigen::VectorXd& step) {
    if (last_x_.size() > 0) {
      moves_.push_back(x - last_x_);
      changes_.push_back(step - last_step_);
      if (moves_.size() > kWindow) moves_.pop_front(), changes_.pop_front();
    }
    last_x_ = x;
    last_step_ = step;
    if (moves_.empty()) return x + step;
    Eigen::MatrixXd changes(x.size(), static_cast<Eigen::Index>(moves_.size()));
    for (std::size_t m = 0; m < moves_.size(); ++m) changes.col(static_cast<Eigen::Index>(m)) = changes_[m];
    const Eigen::VectorXd parts = changes.colPivHouseholderQr().solve(step);
    Eigen::VectorXd out = x + step;
    for (std::size_t m = 0; m < moves_.size(); ++m)
      out -= parts[static_cast<Eigen::Index>(m)] * (moves_[m] + changes_[m]);
    return out;
  }
  void forget() { *this = {}; }

 private:
  std::deque<Eigen::VectorXd> moves_, changes_;
  Eigen::VectorXd last_x_, last_step_;
};

}  // namespace

Transport sinkhorn(const Context& context, Index n, Index k, const ScoresOfRows& scores,
                   const SinkhornOptions& options) {
  shoal::require(n >= 1 && k >= 1, "a plan needs at least 1 row and 1 column, got {} and {}", n, k);
  Plans plans(context, n, k, scores);
  const double even = static_cast<double>(n) / static_cast<double>(k);
  Extrapolation extrapolation;
  Exponents best = plans.start(), step = Exponents::Zero(k), next = best;
  double best_dual = -std::numeric_limits<double>::infinity();
  Transport out;
  while (true) {
    context.progress(out.iterations, 0, "iterations of balancing");
    const auto [sums, dual] = plans.look(next);
    ++out.iterations;
    // A step of Sinkhorn's never lowers the dual; an extrapolated one that does is undone. Rounding does not count.
    const bool better = dual >= best_dual - 1e-12 * std::abs(best_dual) && (sums.array() > 0).all();
    if (better) {
      best = next;
      best_dual = dual;
      step = (even * sums.cwiseInverse()).array().log();
      out.deviation = (sums.array() / even - 1).abs().maxCoeff();
      next = extrapolation.next(best, step);
    } else {
      extrapolation.forget();
      next = best + step;
    }
    if (out.deviation <= options.tolerance || out.iterations >= options.max_iter) break;
  }
  out.rebuilds = plans.rebuilds();
  out.plan = std::move(plans).plan(best);
  return out;
}
