#include "lloyd.h"

#include <algorithm>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/sums.h"

namespace kernels = shoal::kernels;

namespace {

// The means of the labels. All are averaged before an empty cluster takes a copy of the heaviest one's: scikit-learn
// may copy a sum that is not yet divided, which lies outside of the data.
shoal::RowMatrix<double> means_of(const shoal::Context& context, shoal::ConstArray features,
                                  std::span<const double> weights, std::span<const shoal::Index> labels,
                                  shoal::Index k) {
  kernels::ClusterMeans found = kernels::cluster_means(context, features, labels, k, weights);
  const auto heaviest = std::max_element(found.weights.begin(), found.weights.end()) - found.weights.begin();
  for (shoal::Index c = 0; c < k; ++c)
    if (found.weights[static_cast<std::size_t>(c)] == 0) found.means.row(c) = found.means.row(heaviest);
  return std::move(found.means);
}

}  // namespace

Clusters lloyd(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
               shoal::RowMatrix<double> centroids, const LloydLimits& limits) {
  Clusters out{.centroids = std::move(centroids),
               .labels = std::vector<shoal::Index>(static_cast<std::size_t>(features.rows()))};
  std::vector<shoal::Index> previous;
  bool labels_stayed = false;
  while (!out.converged && out.iterations < limits.max_iter) {
    context.progress(out.iterations++, limits.max_iter, "iterations");
    kernels::nearest(context, features, shoal::ConstArray(out.centroids), shoal::MutableArray(out.labels));
    const auto moves =
        kernels::rows_for_empty_clusters(context, features, shoal::ConstArray(out.centroids), out.labels, weights);
    for (const kernels::Move& move : moves) out.labels[static_cast<std::size_t>(move.row)] = move.to;
    labels_stayed = moves.empty() && out.labels == previous;
    if (labels_stayed) {  // then the centroids already are the means of these labels, to the last bit
      out.converged = true;
      break;
    }
    shoal::RowMatrix<double> means = means_of(context, features, weights, out.labels, out.centroids.rows());
    const double shift = (means - out.centroids).squaredNorm();
    out.centroids = std::move(means);
    out.converged = moves.empty() && shift <= limits.squared_shift;
    previous = out.labels;
  }
  if (!labels_stayed) kernels::nearest_without_empty(context, features, out.centroids, out.labels, weights);
  out.inertia = kernels::inertia(context, features, shoal::ConstArray(out.centroids), out.labels, weights);
  return out;
}

double mean_variance(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights) {
  const std::vector<shoal::Index> one_cluster(static_cast<std::size_t>(features.rows()), 0);
  const kernels::ClusterMeans mean = kernels::cluster_means(context, features, one_cluster, 1, weights);
  const double sum = kernels::inertia(context, features, shoal::ConstArray(mean.means), one_cluster, weights);
  return sum / mean.weights[0] / static_cast<double>(features.cols());
}
