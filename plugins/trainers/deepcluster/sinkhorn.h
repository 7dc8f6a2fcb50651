// sinkhorn.h: soft assignments in which every column gets its equal part. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SINKHORN_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SINKHORN_H_

#include <functional>

#include "shoal/context.h"
#include "shoal/matrix.h"

struct SinkhornOptions {
  double tolerance = 1e-6;        ///< stop where no column's sum is off by more than this share of itself, > 0
  shoal::Index max_iter = 10000;  ///< passes over the plan at most
};

/// Every row's shares of the columns.
struct Transport {
  shoal::RowMatrix<double> plan;  ///< (N, K) ≥ 0: rows sum to 1 (but for rounding), columns to N/K
  double deviation = 0;           ///< of a column's sum from N/K, the greatest, as a share of N/K
  shoal::Index iterations = 0;    ///< passes over the plan
  shoal::Index rebuilds = 0;      ///< how often it was computed anew from the scores, the first time included
};

/// Fills `block` (B, K) with the scores of rows `from` to from + B. Called on several threads at once.
using ScoresOfRows = std::function<void(shoal::Index from, shoal::RowMatrix<double>& block)>;

/// Of all plans whose rows sum to 1 and columns to N/K the one with the greatest Σ plan·scores + entropy: the plan is
/// exp(score + a_row + b_column). Scores are in nats: they come divided by the temperature, and only their differences
/// within a row, and within a column, count. Where differences are large against 1 the plan is nearly a hard balanced
/// assignment, and takes long to find; where they are small, it is nearly even.
///
/// Rows and columns are scaled in turn (Sinkhorn and Knopp): each step sets the columns' sums to N/K and then the rows'
/// to
/// 1. Steps are extrapolated (Anderson), and one that does not raise the dual objective is taken back, so that hard
/// plans are found too, for which plain scaling needs thousands of steps. What is exponentiated has had the maxima of
/// its row and its column subtracted and the scalings found so far added, so nothing overflows; once scalings leave
/// e^±100 they are taken into the exponents and the plan is computed anew, so that what had underflowed is there again.
/// All in float64, in fixed blocks of rows: the same bytes for any number of threads.
///
/// N, K ≥ 1; scores finite. Time O(N·K) an iteration, memory N·K float64.
/// Throws Cancelled  the user stopped the run
/// Source: R. Sinkhorn, P. Knopp, Pacific J. Math. 21 (1967) 343–348; M. Cuturi, NIPS 2013; B. Schmitzer, "Stabilized
/// sparse scaling algorithms for entropy regularized transport problems", SIAM J. Sci. Comput. 41 (2019), section 3;
/// D. G. Anderson, J. ACM 12 (1965) 547–560.
Transport sinkhorn(const shoal::Context& context, shoal::Index n, shoal::Index k, const ScoresOfRows& scores,
                   const SinkhornOptions& options = {});

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_SINKHORN_H_
