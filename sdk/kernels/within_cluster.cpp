#include "shoal/kernels/within_cluster.h"

#include <algorithm>
#include <vector>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {

double within_cluster_sum(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                          const std::optional<ConstArray>& centroids) {
  if (k == 0) return 0;         // all noise
  std::vector<Index> clusters;  // noise goes to cluster 0 with weight 0; without noise there are no weights
  std::vector<double> weights;
  if (std::find(labels.begin(), labels.end(), -1) != labels.end()) {
    clusters.assign(labels.begin(), labels.end());
    weights.assign(labels.size(), 1.0);
    for (std::size_t i = 0; i < clusters.size(); ++i)
      if (clusters[i] == -1) clusters[i] = 0, weights[i] = 0;
    labels = clusters;
  }
  if (centroids) return inertia(context, features, *centroids, labels, weights);
  const ClusterMeans found = cluster_means(context, features, labels, k, weights);
  return inertia(context, features, ConstArray(found.means), labels, weights);
}

}  // namespace shoal::kernels
