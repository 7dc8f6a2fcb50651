#include "within_cluster.h"

#include <vector>

namespace {
constexpr shoal::Index kRows = 1024, kColumns = 64;  // of a block; a power of two is a whole number of cache lines
}

template <typename Scalar>
shoal::RowMatrix<double> cluster_means(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
                                       std::span<const std::int64_t> labels, std::int64_t k) {
  std::vector<double> sizes(static_cast<std::size_t>(k), 0);
  for (const std::int64_t label : labels)
    if (label >= 0) ++sizes[static_cast<std::size_t>(label)];

  shoal::RowMatrix<double> means = shoal::RowMatrix<double>::Zero(k, points.cols());
  context.parallel_for(points.cols(), kColumns, [&](shoal::Index from, shoal::Index to) {
    auto slice = means.middleCols(from, to - from);
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      const std::int64_t label = labels[static_cast<std::size_t>(i)];
      if (label >= 0) slice.row(label) += points.row(i).segment(from, to - from).template cast<double>();
    }
    for (Eigen::Index c = 0; c < k; ++c)
      if (sizes[static_cast<std::size_t>(c)] > 0) slice.row(c) /= sizes[static_cast<std::size_t>(c)];
  });
  return means;
}

template <typename Scalar>
double inertia(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
               std::span<const std::int64_t> labels, const shoal::RowMatrix<double>& centroids) {
  std::vector<double> partial(static_cast<std::size_t>((points.rows() + kRows - 1) / kRows), 0);
  context.parallel_for(points.rows(), kRows, [&](shoal::Index from, shoal::Index to) {
    double sum = 0;
    for (shoal::Index i = from; i < to; ++i) {
      const std::int64_t label = labels[static_cast<std::size_t>(i)];
      if (label >= 0) sum += (points.row(i).template cast<double>() - centroids.row(label)).squaredNorm();
    }
    partial[static_cast<std::size_t>(from / kRows)] = sum;
  });
  double out = 0;
  for (const double sum : partial) out += sum;
  return out;
}

#define INSTANTIATE(Scalar)                                                                                        \
  template shoal::RowMatrix<double> cluster_means(const shoal::Context&, const shoal::ConstMatrix<Scalar>&,        \
                                                  std::span<const std::int64_t>, std::int64_t);                    \
  template double inertia(const shoal::Context&, const shoal::ConstMatrix<Scalar>&, std::span<const std::int64_t>, \
                          const shoal::RowMatrix<double>&);
INSTANTIATE(float)
INSTANTIATE(double)
INSTANTIATE(std::uint8_t)
#undef INSTANTIATE
