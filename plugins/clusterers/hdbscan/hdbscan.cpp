#include "hdbscan.h"

#include "shoal/kernels/neighbors.h"

namespace {

using shoal::Index;

/// Squares of the distances to the `min_samples`-th nearest row, of which the row itself is the first.
std::vector<double> squared_core_distances(shoal::Context& context, shoal::ConstArray features, Index min_samples) {
  if (min_samples == 1) return {};
  const Index k = min_samples - 1;
  const auto neighbors = shoal::kernels::nearest_neighbors(context, features, k);
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(features.rows()));
  for (Index i = 0; i < features.rows(); ++i)
    out.push_back(neighbors.squared_distances[static_cast<std::size_t>((i + 1) * k - 1)]);
  return out;
}

}  // namespace

Selected hdbscan(shoal::Context& context, shoal::ConstArray features, const HdbscanOptions& options) {
  if (features.rows() < 2) return {.labels = std::vector<Index>(static_cast<std::size_t>(features.rows()), -1)};
  const std::vector<double> core = squared_core_distances(context, features, options.min_samples);
  auto edges = shoal::kernels::minimum_spanning_tree(context, features, core);
  return select(condense(std::move(edges), features.rows(), options.min_cluster_size), options.select);
}
