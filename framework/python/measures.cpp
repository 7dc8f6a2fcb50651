#include "framework/python/measures.h"

#include <cmath>
#include <vector>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/sums.h"
#include "shoal/kernels/within_cluster.h"

namespace shoal::python {
namespace {

template <typename Scalar>
void write_roots(const std::vector<double>& squared, Index rows, Index column, MutableArray out) {
  auto matrix = out.matrix<Scalar>();
  for (Index i = 0; i < rows; ++i)
    matrix(i, column) = static_cast<Scalar>(std::sqrt(squared[static_cast<std::size_t>(i)]));
}

}  // namespace

void distances(const Context& context, ConstArray features, ConstArray centroids, MutableArray out) {
  constexpr Index kBlock = 256;  // rows that stay in the cache for all centroids
  require_features(context, features, {.cols = centroids.cols()});
  kernels::require_squares_fit(context, features);
  require(out.rank() == 2 && out.rows() == features.rows() && out.cols() == centroids.rows(),
          "distances must be ({}, {}), but are {}", features.rows(), centroids.rows(), to_string(out.shape()));
  context.parallel_for(features.rows(), kBlock, [&](Index from, Index to) {
    const std::vector<Index> first(static_cast<std::size_t>(to - from), 0);
    std::vector<double> squared(first.size());
    for (Index j = 0; j < centroids.rows(); ++j) {
      kernels::assigned_distances(context, features.slice(from, to), centroids.slice(j, j + 1), first, squared);
      if (out.dtype() == DType::kFloat32) write_roots<float>(squared, to - from, j, out.slice(from, to));
      else write_roots<double>(squared, to - from, j, out.slice(from, to));
    }
  });
}

double inertia(const Context& context, ConstArray features, ConstArray labels, Index clusters,
               const std::optional<ConstArray>& centroids, const std::optional<ConstArray>& weights) {
  const auto of_rows = labels.vector<Index>();
  if (!weights) return kernels::within_cluster_sum(context, features, of_rows, clusters, centroids);
  require(centroids.has_value(), "a weighted inertia needs centroids");
  return kernels::inertia(context, features, *centroids, of_rows, kernels::require_weights(weights, features.rows()));
}

}  // namespace shoal::python
