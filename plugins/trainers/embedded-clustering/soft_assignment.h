// soft_assignment.h: the formulas of deep embedded clustering.
//
// Source: Xie, Girshick, Farhadi, "Unsupervised deep embedding for clustering analysis", ICML 2016, equations 1 to 3.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_SOFT_ASSIGNMENT_H_
#define SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_SOFT_ASSIGNMENT_H_

#include <ATen/core/Tensor.h>

/// ln q (B, K): how near embeddings (B, E) are to centroids (K, E), by Student's t with `alpha` > 0 degrees of freedom:
/// q_ij ∝ (1 + ‖z_i − μ_j‖²/α)^(−(α+1)/2), rows summing to 1. As a logarithm, so that no constant need be added to
/// what a loss takes the logarithm of. Distances are by differences; memory O(B·K·E).
at::Tensor log_soft_assignment(const at::Tensor& embedding, const at::Tensor& centroids, double alpha);

/// p (N, K) of q (N, K), the q of *all* examples: p_ij ∝ q_ij²/f_j with f_j = Σ_i q_ij, rows summing to 1. It is surer
/// than q, and large clusters gain less.
at::Tensor target_distribution(const at::Tensor& soft_assignment);

/// KL(p ‖ q), mean over the rows: Σ_j p_ij (ln p_ij − ln q_ij), 0·ln 0 being 0. A scalar. No gradient goes to p.
at::Tensor divergence(const at::Tensor& target, const at::Tensor& log_soft_assignment);

#endif  // SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_SOFT_ASSIGNMENT_H_
