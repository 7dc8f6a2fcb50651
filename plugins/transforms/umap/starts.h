// starts.h: where the examples lie before they are laid out. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_UMAP_STARTS_H_
#define SHOAL_PLUGINS_UMAP_STARTS_H_

#include "fuzzy_graph.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

/// The first `dims` eigenvectors (N, dims) of the graph's normalised Laplacian after the constant one, by rising
/// eigenvalue; of each, the number of largest size is positive (the first of equals). Laplacian eigenmaps.
///
/// Subspace iteration under a Chebyshev filter, to a residual of 1e-4 (logged where it is not reached); the start is
/// random, and only vectors of equal eigenvalues hang on it. The same bytes for any number of threads.
/// The graph is connected; N > dims + 1.
/// Sources: Belkin and Niyogi, Neural Computation 15 (2003); Zhou, Saad, J. Comput. Phys. 219 (2006) for the filter.
Eigen::MatrixXd spectral_start(const shoal::Context& context, const FuzzyGraph& graph, shoal::Index dims,
                               shoal::Random random);

/// The first `dims` principal components (N, dims) of `points` (N, D), dims ≤ D; signs as above. O(N·D² + D³).
Eigen::MatrixXd pca_start(const shoal::Context& context, shoal::ConstArray points, shoal::Index dims);

/// Each column stretched to [0, 10], and a little noise, so that equal examples can part: what is laid out.
shoal::RowMatrix<float> spread_out(const Eigen::MatrixXd& start, shoal::Random random);

#endif  // SHOAL_PLUGINS_UMAP_STARTS_H_
