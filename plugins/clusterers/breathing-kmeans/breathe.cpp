#include "breathe.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/neighbors.h"
#include "shoal/kernels/sums.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;
using Weights = std::span<const double>;

namespace {

constexpr double kOffset =
    0.01;  // of the root-mean-square error: how far from an old centroid a new one is put at most

double weight_of(Weights weights, std::size_t i) { return weights.empty() ? 1 : weights[i]; }

/// The indices of `values` in ascending order, of equals the lower first.
std::vector<Index> ascending(const std::vector<double>& values) {
  std::vector<Index> out(values.size());
  std::iota(out.begin(), out.end(), Index{0});
  std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) {
    return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
  });
  return out;
}

RowMatrix<double> breathe_in(const Context& context, ConstArray features, Weights weights,
                             const kernels::Clusters& clusters, Index m, shoal::Random& random) {
  std::vector<double> error = errors(context, features, weights, clusters);
  const double rows = weights.empty() ? static_cast<double>(features.rows()) : kernels::sum_in_blocks(weights);
  const double reach = kOffset * std::sqrt(std::accumulate(error.begin(), error.end(), 0.0) / rows);
  for (double& e : error) e = -e;
  const std::vector<Index> order = ascending(error);
  const RowMatrix<double>& old = clusters.centroids;
  RowMatrix<double> out(old.rows() + m, old.cols());
  out.topRows(old.rows()) = old;
  for (Index i = 0; i < m; ++i)
    for (Index c = 0; c < old.cols(); ++c)
      out(old.rows() + i, c) = old(order[static_cast<std::size_t>(i)], c) + reach * (random.uniform() - 0.5);
  return out;
}

RowMatrix<double> without(const RowMatrix<double>& rows, std::span<const Index> left_out) {
  RowMatrix<double> out(rows.rows() - static_cast<Index>(left_out.size()), rows.cols());
  Index to = 0;
  for (Index i = 0; i < rows.rows(); ++i)
    if (!std::binary_search(left_out.begin(), left_out.end(), i)) out.row(to++) = rows.row(i);
  return out;
}

}  // namespace

std::vector<double> errors(const Context& context, ConstArray features, Weights weights,
                           const kernels::Clusters& clusters) {
  const std::span<const Index> labels = clusters.label_values();
  std::vector<double> distances(labels.size()), out(static_cast<std::size_t>(clusters.centroids.rows()));
  kernels::assigned_distances(context, features, ConstArray(clusters.centroids), labels, distances);
  for (std::size_t i = 0; i < labels.size(); ++i)
    out[static_cast<std::size_t>(labels[i])] += weight_of(weights, i) * distances[i];
  return out;
}

std::vector<Index> least_useful(Context& context, ConstArray features, Weights weights,
                                const RowMatrix<double>& centroids, Index m) {
  const Index k = centroids.rows();
  const kernels::Neighbors two = kernels::nearest_neighbors(context, features, ConstArray(centroids), 2);
  const kernels::Neighbors beside = kernels::nearest_neighbors(context, ConstArray(centroids), 1);
  std::vector<double> utility(static_cast<std::size_t>(k));
  for (std::size_t i = 0; i < static_cast<std::size_t>(features.rows()); ++i)
    utility[static_cast<std::size_t>(two.points[2 * i])] +=
        weight_of(weights, i) * (two.squared_distances[2 * i + 1] - two.squared_distances[2 * i]);
  std::vector<char> stays(static_cast<std::size_t>(k));
  Index staying = 0;
  std::vector<Index> out;
  for (const Index c : ascending(utility)) {
    if (stays[static_cast<std::size_t>(c)]) continue;
    out.push_back(c);
    char& neighbour = stays[static_cast<std::size_t>(beside.points[static_cast<std::size_t>(c)])];
    if (!neighbour && staying + m < k) neighbour = 1, ++staying;
    if (static_cast<Index>(out.size()) == m) break;
  }
  std::sort(out.begin(), out.end());
  return out;
}

Breathing breathe(Context& context, ConstArray features, Weights weights, kernels::Clusters start,
                  const BreathingOptions& options, shoal::Random random) {
  const auto inertia_of = [&](const kernels::Clusters& clusters) {
    return kernels::inertia(context, features, ConstArray(clusters.centroids), clusters.label_values(), weights);
  };
  const Index k = start.centroids.rows();
  Index iterations = start.iterations;
  Breathing out{.best = start, .inertia = inertia_of(start), .history = {}};
  out.history.push_back(out.inertia);
  kernels::Clusters now = std::move(start);
  Index m = k == 1 ? 0 : std::min(options.m, k);  // one centroid is where it belongs
  while (m > 0 && out.inertia > 0) {
    now = kernels::lloyd(context, features, weights, breathe_in(context, features, weights, now, m, random),
                         options.stop);
    iterations += now.iterations;
    now = kernels::lloyd(context, features, weights,
                         without(now.centroids, least_useful(context, features, weights, now.centroids, m)),
                         options.stop);
    iterations += now.iterations;
    const double inertia = inertia_of(now);
    out.history.push_back(inertia);
    const bool better = inertia < out.inertia * (1 - options.tol);
    if (inertia < out.inertia) out.inertia = inertia, out.best = now;
    if (!better) --m;
  }
  out.best.iterations = iterations;
  return out;
}
