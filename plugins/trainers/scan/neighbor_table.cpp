#include "neighbor_table.h"

#include "shoal/matrix.h"

using shoal::Index;

void require_neighbors(shoal::ConstArray neighbors, Index examples) {
  constexpr const char* kWanted = "'neighbors' must be row numbers (N, k) int64, as transform/knn-graph gives them";
  shoal::require(neighbors.rank() == 2 && neighbors.dtype() == shoal::DType::kInt64, "{}, but they are {} of shape {}",
                 kWanted, shoal::name(neighbors.dtype()), shoal::to_string(neighbors.shape()));
  shoal::require(neighbors.rows() == examples, "'data' has {} examples, but 'neighbors' are of {}", examples,
                 neighbors.rows());
  shoal::require(neighbors.cols() >= 1 && neighbors.cols() < examples,
                 "'neighbors' are {} of each example, but of {} examples one has at least 1 and at most {} others",
                 neighbors.cols(), examples, examples - 1);
  const auto table = neighbors.matrix<Index>();
  for (Index i = 0; i < table.rows(); ++i) {
    for (Index j = 0; j < table.cols(); ++j)
      shoal::require(table(i, j) >= 0 && table(i, j) < examples,
                     "'neighbors' name example {} as one of example {}, but examples are 0 to {}: give the graph the "
                     "same examples as the trainer",
                     table(i, j), i, examples - 1);
  }
}

std::vector<Index> draw_neighbors(shoal::ConstArray neighbors, const shoal::Random& random) {
  const auto table = neighbors.matrix<Index>();
  std::vector<Index> out(static_cast<std::size_t>(table.rows()));
  for (Index i = 0; i < table.rows(); ++i)
    out[static_cast<std::size_t>(i)] = table(i, random.fork(static_cast<std::uint64_t>(i)).below(table.cols()));
  return out;
}
