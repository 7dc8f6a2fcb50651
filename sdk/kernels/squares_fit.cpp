#include "shoal/kernels/squares_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

constexpr Index kBlockNumbers = 1 << 16;  // numbers that are worth a task

}  // namespace

void require_squares_fit(const Context& context, ConstArray rows, const char* what) {
  if (rows.dtype() != DType::kFloat64 || rows.rows() == 0 || rows.cols() == 0) return;
  const double bound = 1e150 / std::sqrt(static_cast<double>(rows.cols()));
  const Index n = rows.rows(), block = std::max<Index>(1, kBlockNumbers / rows.cols());
  const auto x = rows.matrix<double>();
  std::vector<Index> too_large(static_cast<std::size_t>((n + block - 1) / block), -1);  // of a block, the first
  context.parallel_for(n, block, [&](Index from, Index to) {
    for (Index i = from; i < to; ++i)
      if (x.row(i).cwiseAbs().maxCoeff() > bound) {
        too_large[static_cast<std::size_t>(from / block)] = i;
        return;
      }
  });
  for (const Index i : too_large)
    for (Index j = 0; i >= 0 && j < x.cols(); ++j)
      require(
          std::abs(x(i, j)) <= bound,
          "{} hold {} at row {}, column {}, too large for squared distances in float64: with {} columns a number is "
          "at most {} in size; divide all of them by one number",
          what, x(i, j), i, j, x.cols(), bound);
}

}  // namespace shoal::kernels
