// em.h: a Gaussian mixture fitted by expectation and maximisation. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_GMM_EM_H_
#define SHOAL_PLUGINS_GMM_EM_H_

#include <span>
#include <vector>

#include "mixture.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

struct EmOptions {
  CovarianceType type = CovarianceType::kFull;
  double tol = 1e-3;        ///< stop when the mean log-likelihood of an example changes by less
  double reg_covar = 1e-6;  ///< added to each variance
  shoal::Index max_iter = 100;
};

/// Which component each example belongs to, and how likely all of them are.
struct Expectation {
  shoal::RowMatrix<double> responsibilities;  ///< (N, K) rows of sum 1; one below 2⁻⁵³ of the greatest is 0
  std::vector<shoal::Index> labels;           ///< (N) the component of the greatest share; the lowest of equals
  double log_likelihood = 0;                  ///< Σ weight · ln p(x) / Σ weight
};

/// The E-step, by log-sum-exp. `weights` (N) or empty: how much an example counts; it must have passed
/// require_weights. The same bytes for any number of threads. Throws InputError as Densities does.
Expectation expect(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                   const Mixture& mixture);

/// The M-step: weights, means and covariances under the responsibilities, each variance plus reg_covar. Sums go over at
/// most 16 chunks of rows, in order: the same bytes for any number of threads. A component without any responsibility
/// gets weight 0, and the mean and covariance it had `before`. Memory 16·max(K·D, D²).
Mixture maximize(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                 const shoal::RowMatrix<double>& responsibilities, const Mixture& before, double reg_covar);

struct Fitted {
  Mixture mixture;
  std::vector<shoal::Index> labels;    ///< (N) under that mixture
  std::vector<double> log_likelihood;  ///< at each iteration's E-step, so before its M-step
  bool converged = false;
};

/// EM from labels: `labels` (N) in [0, K) say which component each example starts in; `centroids` (K, D) are the means
/// of those that start with none. Iterations and the stop rule are scikit-learn's. Throws InputError, Cancelled.
/// Source: Dempster, Laird, Rubin, J. Royal Statist. Soc. B 39 (1977) 1–38; parameters as scikit-learn's
/// GaussianMixture.
Fitted fit_mixture(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                   std::span<const shoal::Index> labels, const shoal::RowMatrix<double>& centroids,
                   const EmOptions& options);

/// The centroids that k-means ends with from `centroids`, at most 300 iterations of Lloyd's; `labels` (N) receives the
/// nearest ones. A cluster that runs empty takes the row farthest from its centroid.
shoal::RowMatrix<double> run_kmeans(const shoal::Context& context, shoal::ConstArray features,
                                    std::span<const double> weights, shoal::RowMatrix<double> centroids,
                                    std::span<shoal::Index> labels);

#endif  // SHOAL_PLUGINS_GMM_EM_H_
