#ifndef SHOAL_PLUGINS_TRANSFORMS_PCA_PRINCIPAL_H_
#define SHOAL_PLUGINS_TRANSFORMS_PCA_PRINCIPAL_H_

#include <Eigen/Core>

#include "shoal/matrix.h"
#include "shoal/random.h"

/// The k greatest eigenvalues of a covariance and their vectors.
struct Principal {
  Eigen::VectorXd variances;   ///< (k) falling, ≥ 0
  Eigen::MatrixXd components;  ///< (D, k) orthonormal; of each column the number of largest size is positive
};

/// By reduction to a tridiagonal matrix: exact up to rounding. With k ≤ D/3 only k vectors are made, by inverse
/// iteration, and all are made where that fails to give orthonormal vectors with residuals below 1e-9·λmax.
/// Source: Golub, Van Loan, Matrix Computations (2013) §8.3, §8.2.2; signs as scikit-learn's svd_flip.
Principal principal_full(const Eigen::MatrixXd& covariance, Eigen::Index k);

/// By subspace iteration from k + 10 random vectors, 8 multiplications. The last variances come out too small, by 2e-3
/// of the 50th of MNIST, and the last components are turned accordingly. Time O(D²·k).
/// Source: Halko, Martinsson, Tropp, SIAM Review 53 (2011) 217–288, algorithm 4.4.
Principal principal_randomized(const Eigen::MatrixXd& covariance, Eigen::Index k, shoal::Random random);

#endif  // SHOAL_PLUGINS_TRANSFORMS_PCA_PRINCIPAL_H_
