// mixture.h: a mixture of Gaussians, and the densities of examples under it. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_GMM_MIXTURE_H_
#define SHOAL_PLUGINS_GMM_MIXTURE_H_

#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

enum class CovarianceType { kFull, kDiag };

/// K Gaussians over D columns, and the share that each has in the whole.
struct Mixture {
  CovarianceType type = CovarianceType::kFull;
  Eigen::VectorXd weights;               ///< (K) ≥ 0, sum 1; a component of weight 0 takes no part
  shoal::RowMatrix<double> means;        ///< (K, D)
  shoal::RowMatrix<double> covariances;  ///< full: (K·D, D), those of component c from row c·D; diag: (K, D) variances

  shoal::Index k() const { return means.rows(); }
  shoal::Index d() const { return means.cols(); }
};

/// The densities of a mixture, factored once for many examples.
///
/// Full covariances Σ = LLᵀ (Cholesky) give the squared Mahalanobis distance as ‖L⁻¹(x − μ)‖², diagonal ones as
/// Σ (x − μ)²/σ². Sums go in the order of the columns, each product and sum rounded by itself: the same bytes with and
/// without AVX2. Time O(D²) an example and component, O(D) where diagonal.
class Densities {
 public:
  /// Throws InputError  a covariance is not positive definite; the component is named
  explicit Densities(const Mixture& mixture);

  /// Writes ln(weight_c · density_c(x)) of `features` (M, D) to `out` (M, K), row-major. Any number of threads.
  void log_joint(shoal::ConstArray features, double* out) const;

 private:
  void squared_distances(shoal::Index component, const double* panels, shoal::Index count, double* centred,
                         double* out) const;

  CovarianceType type_;
  shoal::RowMatrix<double> means_;
  Eigen::VectorXd constant_;                  // (K) ln weight − ½(D ln 2π + ln det Σ)
  std::vector<std::vector<double>> factors_;  // full: L⁻¹ in groups of four rows; diag: 1/σ²
};

#endif  // SHOAL_PLUGINS_GMM_MIXTURE_H_
