#include "arrange.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "screen.h"

namespace shoal::kernels {
namespace {

Index farthest_from(const RowMatrix<double>& centroids, std::span<const Index> part, const Eigen::RowVectorXd& point) {
  return *std::max_element(part.begin(), part.end(), [&](Index a, Index b) {
    return (centroids.row(a) - point).squaredNorm() < (centroids.row(b) - point).squaredNorm();
  });
}

void arrange_part(const RowMatrix<double>& centroids, std::span<Index> part, std::vector<double>& along) {
  if (static_cast<Index>(part.size()) <= kPanel) return;
  const Index one = farthest_from(centroids, part, centroids.row(part.front()));
  const Index other = farthest_from(centroids, part, centroids.row(one));
  const Eigen::RowVectorXd line = centroids.row(other) - centroids.row(one);
  for (const Index c : part) along[static_cast<std::size_t>(c)] = centroids.row(c).dot(line);
  // Whole panels on the left.
  const auto panels = (static_cast<Index>(part.size()) + kPanel - 1) / kPanel;
  const auto left = static_cast<std::size_t>(panels / 2 * kPanel);
  std::sort(part.begin(), part.end(), [&](Index a, Index b) {
    const double x = along[static_cast<std::size_t>(a)], y = along[static_cast<std::size_t>(b)];
    return x < y || (x == y && a < b);
  });
  arrange_part(centroids, part.first(left), along);
  arrange_part(centroids, part.subspan(left), along);
}

}  // namespace

std::vector<Index> arrange(const RowMatrix<double>& centroids) {
  std::vector<Index> out(static_cast<std::size_t>(centroids.rows()));
  std::iota(out.begin(), out.end(), 0);
  std::vector<double> along(out.size());
  arrange_part(centroids, out, along);
  return out;
}

}  // namespace shoal::kernels
