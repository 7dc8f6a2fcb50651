#ifndef SHOAL_PLUGINS_CLUSTERERS_DBSCAN_DBSCAN_H_
#define SHOAL_PLUGINS_CLUSTERERS_DBSCAN_DBSCAN_H_

#include <span>
#include <vector>

#include "shoal/context.h"

struct DbscanOptions {
  double eps = 0.5;       ///< rows this near are neighbours: squared distance ≤ eps², as float64 decides it
  double min_weight = 5;  ///< a row is a core row if its neighbours and itself weigh so much together
};

struct Dbscan {
  std::vector<shoal::Index> labels;  ///< (N) clusters by their lowest core row; −1 is noise
  std::vector<shoal::Index> core;    ///< rows that are core rows, ascending
  shoal::Index clusters = 0;
};

/// Core rows that are neighbours, and chains of them, are a cluster. Another row with a core row among its neighbours
/// goes to the first of their clusters, one without is noise: scikit-learn's labels.
///
/// `features` (N, D) float32, float64 or uint8; `weights` (N) ≥ 0 or empty: all 1. The same labels for any number of
/// threads. Neighbours are found again where they are needed, and nothing is kept of them: memory O(N·D).
/// Time O(N²·D); up to kGridColumns columns much less, see dbscan_on_grid.
/// Throws Cancelled  the user stopped the run
/// Source: M. Ester, H.-P. Kriegel, J. Sander, X. Xu, KDD 1996, 226–231; E. Schubert et al., ACM TODS 42 (2017) 19.
Dbscan dbscan(shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
              const DbscanOptions& options);

/// The same by distances of all pairs.
Dbscan dbscan_on_pairs(shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                       const DbscanOptions& options);

/// Labels from groups: `group` of each row, negative for one that is no core row; groups are numbered by their lowest
/// row. `core` and `clusters` are filled in, and labels of other rows are −1.
Dbscan number_groups(std::span<const shoal::Index> group);

#endif  // SHOAL_PLUGINS_CLUSTERERS_DBSCAN_DBSCAN_H_
