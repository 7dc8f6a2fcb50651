#ifndef SHOAL_PLUGINS_CLUSTERERS_DBSCAN_GRID_H_
#define SHOAL_PLUGINS_CLUSTERERS_DBSCAN_GRID_H_

#include <optional>

#include "dbscan.h"

constexpr shoal::Index kGridColumns = 3;

/// dbscan() of few columns, on a grid whose cells are so small that all rows of one are neighbours of each other: a
/// cell that weighs enough is core as a whole, two cells are one cluster as soon as one pair of core rows is near
/// enough, and only cells that are near are compared. Time about O(N log N), more where cells that hold very many rows
/// are near each other and yet do not touch. Nothing where it does not serve: more columns than kGridColumns, or a grid
/// of more than 2³⁰ cells along a column. Source: A. Gunawan, "A faster algorithm for DBSCAN", Master's thesis, TU
/// Eindhoven, 2013; J. Gan, Y. Tao, SIGMOD 2015.
std::optional<Dbscan> dbscan_on_grid(shoal::Context& context, shoal::ConstArray features,
                                     std::span<const double> weights, const DbscanOptions& options);

#endif  // SHOAL_PLUGINS_CLUSTERERS_DBSCAN_GRID_H_
