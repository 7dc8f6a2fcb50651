#include "metric.h"

#include <cmath>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/pairwise.h"

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;

namespace {

constexpr Index kRows = 64;

/// Σ |x − y|: column c adds to partial sum c mod 8, and the eight are added pairwise.
double manhattan(const double* x, const double* y, Index cols) {
  double s[8] = {};
  Index c = 0;
  for (; c + 8 <= cols; c += 8)
    for (Index lane = 0; lane < 8; ++lane) s[lane] += std::abs(x[c + lane] - y[c + lane]);
  for (Index lane = 0; c < cols; ++c, ++lane) s[lane] += std::abs(x[c] - y[c]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/// (N) by `metric`; squared for euclidean, doubled for cosine.
Eigen::VectorXd distances_to(const Context& context, Metric metric, const RowMatrix<double>& rows,
                             const RowMatrix<double>& point) {
  Eigen::VectorXd out(rows.rows());
  if (metric == Metric::kManhattan) {
    for (Index i = 0; i < rows.rows(); ++i) out[i] = manhattan(rows.row(i).data(), point.data(), rows.cols());
  } else {
    const std::vector<Index> first(static_cast<std::size_t>(rows.rows()));
    shoal::kernels::assigned_distances(context, ConstArray(rows), ConstArray(point), first,
                                       {out.data(), static_cast<std::size_t>(out.size())});
  }
  return out;
}

}  // namespace

RowMatrix<double> comparable(Metric metric, ConstArray rows) {
  RowMatrix<double> out = shoal::to_float64(rows);
  if (metric != Metric::kCosine) return out;
  for (Index i = 0; i < out.rows(); ++i) {
    const double greatest = out.row(i).cwiseAbs().maxCoeff();  // squares might be 0 or infinite
    shoal::require(greatest > 0, "row {} is all zeros: it has no cosine", i);
    out.row(i) /= greatest;
    out.row(i) /= out.row(i).norm();
  }
  return out;
}

std::unique_ptr<double[]> all_distances(const Context& context, Metric metric, const RowMatrix<double>& rows) {
  const Index n = rows.rows(), cols = rows.cols();
  auto out = std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(n * n));
  double* to = out.get();
  if (metric != Metric::kManhattan) shoal::kernels::all_squared_distances(context, rows, to);
  if (metric == Metric::kSqEuclidean) return out;
  context.parallel_for(n, kRows, [&](Index from, Index end) {
    for (Index i = from; i < end; ++i) {
      Eigen::Map<Eigen::ArrayXd> row(to + i * n, n);
      if (metric == Metric::kEuclidean) row = row.sqrt();
      else if (metric == Metric::kCosine) row *= 0.5;  // of unit rows ‖x − y‖² = 2 − 2 cos
      else
        for (Index j = 0; j < n; ++j) row[j] = manhattan(rows.row(i).data(), rows.row(j).data(), cols);
    }
  });
  return out;
}

void nearest_point(const Context& context, Metric metric, const RowMatrix<double>& rows,
                   const RowMatrix<double>& points, std::span<Index> labels) {
  if (metric != Metric::kManhattan)
    return shoal::kernels::nearest(context, ConstArray(rows), ConstArray(points),
                                   shoal::MutableArray(labels.data(), {static_cast<Index>(labels.size())}));
  context.parallel_for(rows.rows(), kRows, [&](Index from, Index end) {
    for (Index i = from; i < end; ++i) {
      double least = manhattan(rows.row(i).data(), points.row(0).data(), rows.cols());
      Index& label = labels[static_cast<std::size_t>(i)] = 0;
      for (Index p = 1; p < points.rows(); ++p)
        if (const double d = manhattan(rows.row(i).data(), points.row(p).data(), rows.cols()); d < least)
          least = d, label = p;
    }
  });
}

std::vector<Index> nearest_rows(const Context& context, Metric metric, const RowMatrix<double>& rows,
                                const RowMatrix<double>& points, std::span<const double> weights) {
  std::vector<Index> out(static_cast<std::size_t>(points.rows()));
  std::vector<char> free(static_cast<std::size_t>(rows.rows()), 1);
  for (std::size_t i = 0; i < weights.size(); ++i) free[i] = weights[i] > 0;
  for (std::size_t p = 0; p < out.size(); ++p) {
    const Eigen::VectorXd distances = distances_to(context, metric, rows, points.row(static_cast<Index>(p)));
    Index best = -1;
    for (Index i = 0; i < rows.rows(); ++i)
      if (free[static_cast<std::size_t>(i)] && (best < 0 || distances[i] < distances[best])) best = i;
    SHOAL_ASSERT(best >= 0);
    free[static_cast<std::size_t>(best)] = 0;
    out[p] = best;
  }
  return out;
}
