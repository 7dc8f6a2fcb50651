#ifndef SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_MEAN_SHIFT_H_
#define SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_MEAN_SHIFT_H_

#include <vector>

#include "shoal/context.h"
#include "shoal/matrix.h"

struct MeanShift {
  shoal::RowMatrix<double> centers;     ///< (K, D) by number of rows around them, most first
  std::vector<shoal::Index> intensity;  ///< (K) rows within the bandwidth of the place that was shifted to each
  shoal::Index iterations = 0;          ///< shifts of the seed that took most
  bool converged = true;                ///< false: a seed was stopped by max_iter
};

/// Moves every seed to the mean of the rows within `bandwidth` of it (a flat kernel), until it moves by at most a
/// thousandth of that or has been moved max_iter times and once more. Of the places where seeds end, those within the
/// bandwidth of one with more rows go: scikit-learn's centers in its order (equally many rows: by coordinates, greatest
/// first).
///
/// `features` (N, D) float32, float64 or uint8, `seeds` (S, D), bandwidth > 0, max_iter ≥ 0. Where seeds come to the
/// same place, which is to say have the same rows around them, they go on as one: every place is looked at once. Sums
/// go over rows in their order: the same bytes for any number of threads. Time O(P·N·D) for P places, memory O(N·D +
/// P·D).
/// Throws InputError  no seed has a row within the bandwidth
///        Cancelled   the user stopped the run
/// Source: D. Comaniciu, P. Meer, "Mean shift: a robust approach toward feature space analysis", IEEE TPAMI 24 (2002)
/// 603–619; rules of end and order as scikit-learn's.
MeanShift mean_shift(shoal::Context& context, shoal::ConstArray features, const shoal::RowMatrix<double>& seeds,
                     double bandwidth, shoal::Index max_iter);

/// Seeds on a grid whose lines are `bin_size` apart: the crossing nearest to each row (halves to the even one), in the
/// order in which rows come, without those that fewer than `min_bin_freq` rows are nearest to. Where they are as many
/// as rows, the rows themselves. Time O(N·D).
shoal::RowMatrix<double> bin_seeds(shoal::ConstArray features, double bin_size, shoal::Index min_bin_freq);

#endif  // SHOAL_PLUGINS_CLUSTERERS_MEAN_SHIFT_MEAN_SHIFT_H_
