#include "bandwidth.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "shoal/kernels/row_distances.h"
#include "shoal/kernels/sums.h"

double estimate_bandwidth(const shoal::Context& context, const shoal::RowMatrix<double>& rows, double quantile) {
  using shoal::Index;
  constexpr Index kTogether = 1024, kBlock = 16;  // rows between two reports of progress, and of a thread's task
  const Index n = rows.rows();
  const Index rank = std::max<Index>(1, static_cast<Index>(static_cast<double>(n) * quantile));
  std::vector<double> reach(static_cast<std::size_t>(n));
  for (Index first = 0; first < n; first += kTogether) {
    context.progress(first, n, "rows");
    context.parallel_for(std::min(kTogether, n - first), kBlock, [&](Index from, Index to) {
      std::vector<double> squares(static_cast<std::size_t>(n));
      for (Index i = first + from; i < first + to; ++i) {
        shoal::kernels::squared_distances(rows.row(i).data(), rows.data(), n, rows.cols(), squares.data());
        std::nth_element(squares.begin(), squares.begin() + (rank - 1), squares.end());
        reach[static_cast<std::size_t>(i)] = std::sqrt(squares[static_cast<std::size_t>(rank - 1)]);
      }
    });
  }
  return shoal::kernels::sum_in_blocks(reach) / static_cast<double>(n);
}
