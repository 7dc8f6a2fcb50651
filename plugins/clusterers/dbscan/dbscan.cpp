#include "dbscan.h"

#include <algorithm>

#include "components.h"
#include "grid.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/within_radius.h"
#include "shoal/matrix.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// The rows that are core rows, and the others; each ascending.
struct Parted {
  std::vector<Index> core, others;
};

Parted part(shoal::Context& context, ConstArray features, std::span<const double> weights,
            const DbscanOptions& options) {
  std::vector<double> weight(at(features.rows()), 0);
  shoal::kernels::each_within_radius(context, features, features, options.eps,
                                     [&](Index row, std::span<const Index> neighbours) {
                                       double& sum = weight[at(row)];
                                       if (weights.empty()) sum += static_cast<double>(neighbours.size());
                                       else
                                         for (const Index neighbour : neighbours) sum += weights[at(neighbour)];
                                     });
  Parted out;
  for (Index i = 0; i < features.rows(); ++i)
    (weight[at(i)] >= options.min_weight ? out.core : out.others).push_back(i);
  return out;
}

}  // namespace

Dbscan number_groups(std::span<const Index> group) {
  Dbscan out;
  out.labels.assign(group.size(), -1);
  std::vector<Index> label_of(group.size(), -1);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i] < 0) continue;
    out.core.push_back(static_cast<Index>(i));
    Index& label = label_of[at(group[i])];
    if (label < 0) label = out.clusters++;
    out.labels[i] = label;
  }
  return out;
}

Dbscan dbscan_on_pairs(shoal::Context& context, ConstArray features, std::span<const double> weights,
                       const DbscanOptions& options) {
  const Parted rows = part(context, features, weights, options);
  const RowMatrix<double> core = shoal::kernels::take_rows(features, rows.core);
  SharedComponents groups(core.rows());
  shoal::kernels::each_earlier_within_radius(context, ConstArray(core), options.eps,
                                             [&](Index row, std::span<const Index> neighbours) {
                                               for (const Index neighbour : neighbours) groups.unite(row, neighbour);
                                             });
  std::vector<Index> group(at(features.rows()), -1);
  for (Index i = 0; i < core.rows(); ++i) group[at(rows.core[at(i)])] = groups.find(i);
  Dbscan out = number_groups(group);

  const RowMatrix<double> others = shoal::kernels::take_rows(features, rows.others);
  shoal::kernels::each_within_radius(context, ConstArray(others), ConstArray(core), options.eps,
                                     [&](Index row, std::span<const Index> neighbours) {
                                       Index& label = out.labels[at(rows.others[at(row)])];
                                       for (const Index neighbour : neighbours) {
                                         const Index other = out.labels[at(rows.core[at(neighbour)])];
                                         label = label < 0 ? other : std::min(label, other);
                                       }
                                     });
  return out;
}

Dbscan dbscan(shoal::Context& context, ConstArray features, std::span<const double> weights,
              const DbscanOptions& options) {
  if (auto found = dbscan_on_grid(context, features, weights, options)) return std::move(*found);
  return dbscan_on_pairs(context, features, weights, options);
}
