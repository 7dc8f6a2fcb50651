#include "shoal/kernels/repair.h"

#include <algorithm>
#include <numeric>

#include "arithmetic.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"

namespace shoal::kernels {
std::vector<Move> rows_for_empty_clusters(const Context& context, ConstArray features, ConstArray centroids,
                                          std::span<const Index> labels, std::span<const double> weights) {
  std::vector<Index> sizes(static_cast<std::size_t>(centroids.rows()), 0);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (weight_of(weights, static_cast<Index>(i)) > 0) ++sizes[static_cast<std::size_t>(labels[i])];
  if (std::find(sizes.begin(), sizes.end(), 0) == sizes.end()) return {};

  std::vector<double> distance(labels.size());
  assigned_distances(context, features, centroids, labels, distance);
  std::vector<Index> candidates;
  for (Index i = 0; i < features.rows(); ++i)
    if (weight_of(weights, i) > 0 && distance[static_cast<std::size_t>(i)] > 0) candidates.push_back(i);
  std::stable_sort(candidates.begin(), candidates.end(), [&](Index a, Index b) {
    return distance[static_cast<std::size_t>(a)] > distance[static_cast<std::size_t>(b)];
  });

  std::vector<Move> out;
  auto next = candidates.begin();
  for (std::size_t cluster = 0; cluster < sizes.size(); ++cluster) {
    if (sizes[cluster] > 0) continue;
    const auto donor = [&](Index row) { return static_cast<std::size_t>(labels[static_cast<std::size_t>(row)]); };
    while (next != candidates.end() && sizes[donor(*next)] < 2) ++next;
    if (next == candidates.end()) break;
    --sizes[donor(*next)];
    out.push_back({*next++, static_cast<Index>(cluster)});
  }
  return out;
}

void nearest_without_empty(const Context& context, ConstArray features, RowMatrix<double>& centroids,
                           std::span<Index> labels, std::span<const double> weights) {
  const MutableArray out(labels.data(), {static_cast<Index>(labels.size())});
  while (true) {
    nearest(context, features, ConstArray(centroids), out);
    const auto moves = rows_for_empty_clusters(context, features, ConstArray(centroids), labels, weights);
    if (moves.empty()) return;
    for (const Move& move : moves) centroids.row(move.to) = take_rows(features, {&move.row, 1});
  }
}

Index distinct_rows(ConstArray features, std::span<const double> weights) {
  return visit_matrix(features, [&](const auto& x) {
    const auto less = [&](Index a, Index b) {
      return std::lexicographical_compare(x.row(a).data(), x.row(a).data() + x.cols(), x.row(b).data(),
                                          x.row(b).data() + x.cols());
    };
    std::vector<Index> order;
    for (Index i = 0; i < x.rows(); ++i)
      if (weight_of(weights, i) > 0) order.push_back(i);
    std::sort(order.begin(), order.end(), less);
    const auto same = [&](Index a, Index b) { return !less(a, b) && !less(b, a); };
    return static_cast<Index>(std::unique(order.begin(), order.end(), same) - order.begin());
  });
}

void warn_of_empty(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                   std::span<const double> weights) {
  std::vector<bool> used(static_cast<std::size_t>(k), false);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (weight_of(weights, static_cast<Index>(i)) > 0) used[static_cast<std::size_t>(labels[i])] = true;
  const auto filled = std::count(used.begin(), used.end(), true);
  if (filled < k)
    context.log(Level::kWarning, "k is {} but only {} rows differ: {} clusters are empty", k,
                distinct_rows(features, weights), k - filled);
}

}  // namespace shoal::kernels
