// pam.h: medoids, which are examples, of the least sum of distances. Plain C++ over a matrix of distances.
#ifndef SHOAL_PLUGINS_KMEDOIDS_PAM_H_
#define SHOAL_PLUGINS_KMEDOIDS_PAM_H_

#include <span>
#include <vector>

#include "shoal/context.h"

/// Distances (N, N) of examples, symmetric, ≥ 0, 0 on the diagonal, and what each counts.
struct Distances {
  const double* values;                  ///< (N, N) row-major
  shoal::Index n;                        ///< N
  std::span<const double> weights = {};  ///< (N) ≥ 0; empty: all are 1. One of weight 0 never is a medoid

  const double* row(shoal::Index i) const { return values + i * n; }
  double weight(shoal::Index i) const { return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)]; }
};

struct Medoids {
  std::vector<shoal::Index> rows;  ///< (K) of the examples
  double loss = 0;                 ///< Σ weight · distance to the nearest medoid
  shoal::Index iterations = 0;     ///< passes over all examples; for `alternate`, over all clusters
  shoal::Index swaps = 0;          ///< medoids that another took the place of
  bool converged = false;          ///< false: stopped by max_iter
};

/// PAM's BUILD: the example of the least sum of distances, then, one after another, the one that lowers the loss most
/// (the lowest of equals). K at most the number of examples of a weight above 0. Time O(N²·K), memory O(N). The same
/// for any number of threads. Throws Cancelled. Source: Kaufman, Rousseeuw, "Finding groups in data" (1990), chapter 2.
std::vector<shoal::Index> build(const shoal::Context& context, const Distances& distances, shoal::Index k);

/// FasterPAM from `rows` (K): goes through the examples in order, again and again, and makes each a medoid at once
/// where that lowers the loss, in place of the one for which it lowers it most (the first of equals). Ends when no
/// example does, or after max_iter passes. A swap must gain more than 10⁻¹³ of the loss, so that rounding cannot go in
/// circles. Candidates are tried on all threads, several ahead, which changes speed alone. Time O(N²) a pass and
/// O(N·K) a swap, memory O(N). Throws Cancelled.
/// Source: Schubert, Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101 (2021) 101804.
Medoids faster_pam(const shoal::Context& context, const Distances& distances, std::vector<shoal::Index> rows,
                   shoal::Index max_iter);

/// As k-means does: examples go to the nearest medoid, then each cluster takes as its medoid the member of the least
/// sum of distances to the others (the lowest of equals, but the old one where none is better), until none changes.
/// Source: Park, Jun, "A simple and fast algorithm for k-medoids clustering", Expert Systems with Applications 36
/// (2009).
Medoids alternate(const shoal::Context& context, const Distances& distances, std::vector<shoal::Index> rows,
                  shoal::Index max_iter);

#endif  // SHOAL_PLUGINS_KMEDOIDS_PAM_H_
