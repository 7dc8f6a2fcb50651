#include "shoal/kernels/trustworthiness.h"

#include <algorithm>
#include <vector>

#include "shoal/kernels/neighbors.h"

namespace shoal::kernels {
namespace {

/// Σ max(0, rank − k) over the embedded `neighbors` of row i, from its distances to all rows.
Index excess_of_row(Index i, std::span<const Index> neighbors, std::span<const double> distances) {
  const auto k = static_cast<Index>(neighbors.size());
  Index sum = 0;
  for (const Index j : neighbors) {
    const double d = distances[static_cast<std::size_t>(j)];
    Index rank = 1;
    for (Index m = 0; m < static_cast<Index>(distances.size()); ++m) {
      const double other = distances[static_cast<std::size_t>(m)];
      rank += m != i && (other < d || (other == d && m < j)) ? 1 : 0;
    }
    sum += std::max<Index>(0, rank - k);
  }
  return sum;
}

}  // namespace

double trustworthiness(Context& context, ConstArray features, ConstArray embedding, Index k) {
  constexpr Index kBlock = 16, kSlice = 64 * kBlock;
  const Index n = features.rows();
  require(embedding.rows() == n, "needs the embedding of the same {} examples, got one of {}", n, embedding.rows());
  require(k >= 1 && 2 * k < n, "{} neighbours of {} examples: must be at least 1 and less than half of them", k, n);
  const Neighbors embedded = nearest_neighbors(context, embedding, k);
  const RowMatrix<double> x = to_float64(features);
  std::vector<Index> excess(static_cast<std::size_t>(n));
  for (Index first = 0; first < n; first += kSlice) {
    context.progress(first, n, "rows");
    context.parallel_for(std::min(kSlice, n - first), kBlock, [&](Index from, Index to) {
      std::vector<double> distances(static_cast<std::size_t>(n));
      for (Index i = first + from; i < first + to; ++i) {
        for (Index m = 0; m < n; ++m) distances[static_cast<std::size_t>(m)] = (x.row(i) - x.row(m)).squaredNorm();
        excess[static_cast<std::size_t>(i)] = excess_of_row(i, embedded.of(i), distances);
      }
    });
  }
  double sum = 0;  // of integers: exact
  for (const Index e : excess) sum += static_cast<double>(e);
  const auto rows = static_cast<double>(n), count = static_cast<double>(k);
  return 1 - 2 / (rows * count * (2 * rows - 3 * count - 1)) * sum;
}

}  // namespace shoal::kernels
