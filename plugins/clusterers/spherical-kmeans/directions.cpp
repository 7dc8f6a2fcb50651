#include "directions.h"

#include <vector>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/sums.h"

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;

RowMatrix<double> directions(const Context& context, ConstArray rows, const char* what) {
  constexpr Index kBlock = 512;
  RowMatrix<double> out(rows.rows(), rows.cols());
  std::vector<Index> zeros(static_cast<std::size_t>((rows.rows() + kBlock - 1) / kBlock), -1);  // of a block, the first
  context.parallel_for(rows.rows(), kBlock, [&](Index from, Index to) {
    out.middleRows(from, to - from) = shoal::to_float64(rows.slice(from, to));
    for (Index i = from; i < to; ++i) {
      // Squares of numbers near the ends of float64's range would be 0 or infinite.
      const double greatest = out.row(i).cwiseAbs().maxCoeff();
      if (greatest == 0) {
        zeros[static_cast<std::size_t>(from / kBlock)] = i;
        return;
      }
      out.row(i) /= greatest;
      out.row(i) /= out.row(i).norm();
    }
  });
  // Thrown in a task, it would be told of whichever block came first.
  for (const Index row : zeros)
    shoal::require(row < 0, "row {} of the {} is all zeros: it has no direction", row, what);
  return out;
}

double mean_cosine(const Context& context, const RowMatrix<double>& rows, const RowMatrix<double>& centroids,
                   std::span<const Index> labels, std::span<const double> weights) {
  const double total = weights.empty() ? static_cast<double>(rows.rows()) : shoal::kernels::sum_in_blocks(weights);
  // Of unit vectors ‖x − c‖² = 2 − 2 cos.
  return 1 - shoal::kernels::inertia(context, ConstArray(rows), ConstArray(centroids), labels, weights) / (2 * total);
}
