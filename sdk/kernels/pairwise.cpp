#include "shoal/kernels/pairwise.h"

#include <algorithm>
#include <cmath>

#include "arithmetic.h"

namespace shoal::kernels {
namespace {

constexpr Index kTile = 64;    // rows of a task, and the rows that they meet at a time
constexpr Index kTasks = 256;  // between two looks at whether the user has stopped

}  // namespace

void require_distances_fit(Index n, double bytes, double memory_limit_gb, const char* instead) {
  const double gib = bytes * static_cast<double>(n) * static_cast<double>(n) / 0x1p30;
  require(gib <= memory_limit_gb,
          "the distances of {} examples to each other take {} GiB, but memory_limit_gb is {}: raise it, or {}", n,
          std::round(10 * gib) / 10, memory_limit_gb, instead);
}

void all_squared_distances(const Context& context, const RowMatrix<double>& rows, double* out) {
  const Arithmetic& on = arithmetic();
  const Index n = rows.rows(), cols = rows.cols();
  const auto tile = [&](Index top, Index left) {  // and its mirror image
    const Index bottom = std::min(n, top + kTile), right = std::min(n, left + kTile);
    for (Index i = top; i < bottom; ++i)
      on.squared_distances(rows.row(i).data(), rows.row(left).data(), right - left, cols, out + i * n + left);
    if (left == top) return;
    for (Index j = left; j < right; ++j)
      for (Index i = top; i < bottom; ++i) out[j * n + i] = out[i * n + j];
  };
  // Row t and row T − 1 − t of tiles together are always T + 1 tiles.
  const Index tiles = (n + kTile - 1) / kTile, tasks = (tiles + 1) / 2;
  for (Index done = 0; done < tasks; done += kTasks) {
    context.progress(std::min(n, 2 * done * kTile), n, "rows of distances");
    context.parallel_for(std::min(kTasks, tasks - done), 1, [&](Index task, Index) {
      const Index t = done + task, mirrored = tiles - 1 - t;
      for (Index other = t; other < tiles; ++other) tile(t * kTile, other * kTile);
      if (mirrored != t)
        for (Index other = mirrored; other < tiles; ++other) tile(mirrored * kTile, other * kTile);
    });
  }
}

}  // namespace shoal::kernels
