#include "em.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "shoal/kernels/lloyd.h"
#include "shoal/kernels/sums.h"

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;
using Weights = std::span<const double>;

namespace {

constexpr Index kRows = 960;   // of an E-step's task
constexpr Index kBatch = 256;  // rows that are multiplied together

// ln 2⁻⁵³: what is so much less than the greatest share cannot be seen in a sum of 1. Most shares are, and the M-step
// leaves them out.
constexpr double kNothing = -36.7368005696771;

double weight_of(Weights weights, Index i) { return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)]; }

double total_of(Weights weights, Index n) {
  return weights.empty() ? static_cast<double>(n) : shoal::kernels::sum_in_blocks(weights);
}

/// ln joint (K) → shares of sum 1. Returns ln Σ exp.
double normalize(double* row, Index k) {
  const double greatest = *std::max_element(row, row + k);
  double sum = 0;
  for (Index c = 0; c < k; ++c) {
    const double log_ratio = row[c] - greatest;
    row[c] = log_ratio < kNothing ? 0 : std::exp(log_ratio);
    sum += row[c];
  }
  for (Index c = 0; c < k; ++c) row[c] /= sum;
  return greatest + std::log(sum);
}

/// Σ over chunks of rows, each of which add(from, to, part) adds to a matrix (rows, cols) of zeros.
template <typename Add>
RowMatrix<double> sum_over_rows(const Context& context, Index n, Index rows, Index cols, Add&& add) {
  return shoal::kernels::sum_over_chunks(context, n, shoal::kernels::sixteenth(n), [&](Index from, Index to) {
    RowMatrix<double> part = RowMatrix<double>::Zero(rows, cols);
    add(from, to, part);
    return part;
  });
}

/// (K, D + 1): Σ share · row, and in the last column Σ share.
RowMatrix<double> first_moments(const Context& context, ConstArray features, Weights weights,
                                const RowMatrix<double>& shares) {
  const Index d = features.cols();
  return sum_over_rows(context, features.rows(), shares.cols(), d + 1, [&](Index from, Index to, auto& sums) {
    for (Index first = from; first < to; first += kBatch) {
      const Index rows = std::min(kBatch, to - first);
      RowMatrix<double> r = shares.middleRows(first, rows);
      for (Index i = 0; i < rows; ++i) r.row(i) *= weight_of(weights, first + i);
      sums.leftCols(d).noalias() += r.transpose() * shoal::to_float64(features.slice(first, first + rows));
      sums.col(d) += r.colwise().sum().transpose();
    }
  });
}

/// (D, D) Σ share · (x − mean)ᵀ(x − mean) of one component; the lower triangle.
RowMatrix<double> scatter(const Context& context, ConstArray features, Weights weights, const RowMatrix<double>& shares,
                          Index component, const Eigen::RowVectorXd& mean) {
  const Index d = features.cols();
  return sum_over_rows(context, features.rows(), d, d, [&](Index from, Index to, RowMatrix<double>& sums) {
    RowMatrix<double> batch(kBatch, d);
    Index used = 0;
    const auto flush = [&] {
      if (used == 0) return;  // Eigen divides by the number of rows
      sums.selfadjointView<Eigen::Lower>().rankUpdate(batch.topRows(used).transpose());
      used = 0;
    };
    visit_matrix(features, [&](const auto& x) {
      for (Index i = from; i < to; ++i) {
        const double share = shares(i, component) * weight_of(weights, i);
        if (share == 0) continue;
        batch.row(used++) = std::sqrt(share) * (x.row(i).template cast<double>() - mean);
        if (used == kBatch) flush();
      }
    });
    flush();
  });
}

/// (K, D) Σ share · (x − mean)².
RowMatrix<double> squares(const Context& context, ConstArray features, Weights weights, const RowMatrix<double>& shares,
                          const RowMatrix<double>& means) {
  const Index k = shares.cols();
  return sum_over_rows(context, features.rows(), k, features.cols(), [&](Index from, Index to, auto& sums) {
    visit_matrix(features, [&](const auto& x) {
      for (Index i = from; i < to; ++i)
        for (Index c = 0; c < k; ++c) {
          const double share = shares(i, c) * weight_of(weights, i);
          if (share == 0) continue;
          sums.row(c).array() += share * (x.row(i).template cast<double>() - means.row(c)).array().square();
        }
    });
  });
}

}  // namespace

Expectation expect(const Context& context, ConstArray features, Weights weights, const Mixture& mixture) {
  const Index n = features.rows(), k = mixture.k();
  const Densities densities(mixture);
  Expectation out{RowMatrix<double>(n, k), std::vector<Index>(static_cast<std::size_t>(n)), 0};
  std::vector<double> block_sums(static_cast<std::size_t>((n + kRows - 1) / kRows));
  context.parallel_for(n, kRows, [&](Index from, Index to) {
    densities.log_joint(features.slice(from, to), out.responsibilities.data() + from * k);
    double sum = 0;
    for (Index i = from; i < to; ++i) {
      double* row = out.responsibilities.data() + i * k;
      out.labels[static_cast<std::size_t>(i)] = std::max_element(row, row + k) - row;
      sum += weight_of(weights, i) * normalize(row, k);
    }
    block_sums[static_cast<std::size_t>(from / kRows)] = sum;
  });
  for (const double sum : block_sums) out.log_likelihood += sum;
  out.log_likelihood /= total_of(weights, n);
  return out;
}

Mixture maximize(const Context& context, ConstArray features, Weights weights,
                 const RowMatrix<double>& responsibilities, const Mixture& before, double reg_covar) {
  const Index d = features.cols(), k = responsibilities.cols();
  const RowMatrix<double> sums = first_moments(context, features, weights, responsibilities);
  Mixture out = before;
  out.weights = sums.col(d) / sums.col(d).sum();
  for (Index c = 0; c < k; ++c)
    if (sums(c, d) > 0) out.means.row(c) = sums.row(c).head(d) / sums(c, d);
  if (before.type == CovarianceType::kDiag) {
    const RowMatrix<double> found = squares(context, features, weights, responsibilities, out.means);
    for (Index c = 0; c < k; ++c)
      if (sums(c, d) > 0) out.covariances.row(c) = found.row(c).array() / sums(c, d) + reg_covar;
    return out;
  }
  for (Index c = 0; c < k; ++c) {
    if (!(sums(c, d) > 0)) continue;
    const RowMatrix<double> found = scatter(context, features, weights, responsibilities, c, out.means.row(c));
    auto covariance = out.covariances.middleRows(c * d, d);
    covariance = found.selfadjointView<Eigen::Lower>();
    covariance /= sums(c, d);
    covariance.diagonal().array() += reg_covar;
  }
  return out;
}

Fitted fit_mixture(const Context& context, ConstArray features, Weights weights, std::span<const Index> labels,
                   const RowMatrix<double>& centroids, const EmOptions& options) {
  const Index n = features.rows(), d = features.cols(), k = centroids.rows();
  const bool full = options.type == CovarianceType::kFull;
  Mixture start{options.type, Eigen::VectorXd::Zero(k), centroids, RowMatrix<double>::Zero(full ? k * d : k, d)};
  for (Index row = 0; row < start.covariances.rows(); ++row) {
    if (full) start.covariances(row, row % d) = 1;
    else start.covariances.row(row).setOnes();
  }
  RowMatrix<double> shares = RowMatrix<double>::Zero(n, k);
  for (Index i = 0; i < n; ++i) shares(i, labels[static_cast<std::size_t>(i)]) = 1;

  Fitted out;
  out.mixture = maximize(context, features, weights, shares, start, options.reg_covar);
  shares.resize(0, 0);
  double last = -std::numeric_limits<double>::infinity();
  for (Index iteration = 0; iteration < options.max_iter && !out.converged; ++iteration) {
    context.progress(iteration, options.max_iter, "iterations");
    const Expectation found = expect(context, features, weights, out.mixture);
    out.mixture = maximize(context, features, weights, found.responsibilities, out.mixture, options.reg_covar);
    out.log_likelihood.push_back(found.log_likelihood);
    out.converged = std::abs(found.log_likelihood - last) < options.tol;
    last = found.log_likelihood;
  }
  out.labels = expect(context, features, weights, out.mixture).labels;
  return out;
}

RowMatrix<double> run_kmeans(const Context& context, ConstArray features, Weights weights, RowMatrix<double> centroids,
                             std::span<Index> labels) {
  shoal::kernels::Clusters found =
      shoal::kernels::lloyd(context, features, weights, std::move(centroids), {.max_iter = 300});
  std::copy(found.label_values().begin(), found.label_values().end(), labels.begin());
  return std::move(found.centroids);
}
