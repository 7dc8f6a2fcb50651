#ifndef SHOAL_PLUGINS_METRICS_CLUSTERING_MATCHED_TABLE_H_
#define SHOAL_PLUGINS_METRICS_CLUSTERING_MATCHED_TABLE_H_

#include <cstdint>

#include "shoal/array.h"
#include "shoal/kernels/agreement.h"
#include "shoal/matrix.h"

/// Classes against clusters with each class's best-matched cluster on the diagonal: (C, max(C, K)) for the C classes
/// and K clusters that occur, noise among neither. Rows are the classes ascending; column r < C is the cluster matched
/// to row r, all 0 where there is none; the clusters left over follow, ascending.
shoal::RowMatrix<std::int64_t> matched_table(const shoal::kernels::Contingency& table,
                                             const shoal::kernels::Matching& matching);

#endif  // SHOAL_PLUGINS_METRICS_CLUSTERING_MATCHED_TABLE_H_
