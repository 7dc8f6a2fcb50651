#include "separation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Rows as the kernels take them: noise is in cluster 0 with weight 0; without noise there are no weights.
struct Weighted {
  std::vector<Index> labels;
  std::vector<double> weights;

  Weighted(Index n, const shoal::kernels::ClusteredRows& clustered) : labels(at(n), 0) {
    if (clustered.noise > 0) weights.assign(at(n), 0);
    for (Index c = 0; c < clustered.clusters(); ++c)
      for (Index place = clustered.start[at(c)]; place < clustered.start[at(c + 1)]; ++place) {
        const Index row = clustered.rows[at(place)];
        labels[at(row)] = c;
        if (!weights.empty()) weights[at(row)] = 1;
      }
  }
};

double davies_bouldin(const RowMatrix<double>& means, const std::vector<double>& widths) {
  const auto k = means.rows();
  std::vector<double> worst(at(k), 0);
  for (Index a = 0; a < k; ++a) {
    for (Index b = a + 1; b < k; ++b) {
      const double width = widths[at(a)] + widths[at(b)];
      if (width == 0) continue;
      const double ratio = width / (means.row(a) - means.row(b)).norm();
      worst[at(a)] = std::max(worst[at(a)], ratio);
      worst[at(b)] = std::max(worst[at(b)], ratio);
    }
  }
  double sum = 0;
  for (const double ratio : worst) sum += ratio;
  return sum / static_cast<double>(k);
}

}  // namespace

Separation separation(const shoal::Context& context, shoal::ConstArray features,
                      const shoal::kernels::ClusteredRows& clustered) {
  const Index k = clustered.clusters();
  const Weighted rows(features.rows(), clustered);
  const RowMatrix<double> means = shoal::kernels::cluster_means(context, features, rows.labels, k, rows.weights).means;
  std::vector<double> squares(rows.labels.size());
  shoal::kernels::assigned_distances(context, features, shoal::ConstArray(means), rows.labels, squares);

  const Eigen::RowVectorXd middle = shoal::kernels::spread(context, features, rows.weights).mean;
  std::vector<double> widths(at(k), 0);
  double within = 0, between = 0;
  for (Index c = 0; c < k; ++c) {
    double sum = 0;
    for (Index place = clustered.start[at(c)]; place < clustered.start[at(c + 1)]; ++place) {
      const double square = squares[at(clustered.rows[at(place)])];
      sum += square;
      widths[at(c)] += std::sqrt(square);
    }
    const auto size = static_cast<double>(clustered.size(c));
    widths[at(c)] /= size;
    within += sum;
    between += size * (means.row(c) - middle).squaredNorm();
  }
  const double freedom = static_cast<double>(static_cast<Index>(clustered.rows.size()) - k);
  return {.davies_bouldin = davies_bouldin(means, widths),
          .calinski_harabasz = within == 0 ? 1 : between * freedom / (within * static_cast<double>(k - 1))};
}
