#include "faiss_kmeans.h"

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "shoal/error.h"

namespace {

/// float32 rows that lie together: the features' own memory where they are that, else `copy`.
const float* as_floats(shoal::ConstArray features, shoal::RowMatrix<float>& copy) {
  if (features.dtype() == shoal::DType::kFloat32 && features.stride(0) == features.cols())
    return features.data<float>();
  shoal::visit_matrix(features, [&](const auto& x) { copy = x.template cast<float>(); });
  return copy.data();
}

std::vector<std::int64_t> search(faiss::IndexFlat& index, const float* x, std::int64_t n) {
  std::vector<faiss::Index::idx_t> labels(static_cast<std::size_t>(n));
  std::vector<float> distances(labels.size());
  index.search(n, x, 1, distances.data(), labels.data());
  return {labels.begin(), labels.end()};
}

}  // namespace

FaissClusters faiss_kmeans(shoal::ConstArray features, std::optional<shoal::ConstArray> init,
                           const FaissOptions& options) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  const std::int64_t n = features.rows(), d = features.cols();
  shoal::require(n <= kMost && d <= kMost && options.k <= kMost,
                 "faiss counts in 32 bits: {} examples of {} features are too many", n, d);
  shoal::RowMatrix<float> copy, first;
  const float* x = as_floats(features, copy);
  faiss::ClusteringParameters parameters;
  parameters.niter = static_cast<int>(std::min(options.max_iter, kMost));
  parameters.nredo = init ? 1 : static_cast<int>(std::min(options.n_init, kMost));
  parameters.spherical = options.spherical;
  parameters.seed = options.seed;
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = static_cast<int>(n);  // no subsampling
  faiss::Clustering clustering(static_cast<int>(d), static_cast<int>(options.k), parameters);
  if (init) {
    const float* centroids = as_floats(*init, first);
    clustering.centroids.assign(centroids, centroids + options.k * d);
  }
  omp_set_num_threads(options.threads);
  FaissClusters out;
  const auto begin = std::chrono::steady_clock::now();
  faiss::IndexFlatL2 index(d);
  clustering.train(n, x, index);
  out.labels = search(index, x, n);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.centroids = shoal::RowMatrix<float>::Map(clustering.centroids.data(), options.k, d);
  return out;
}

std::vector<std::int64_t> faiss_nearest(shoal::ConstArray features, const shoal::RowMatrix<float>& centroids,
                                        int threads) {
  shoal::RowMatrix<float> copy;
  const float* x = as_floats(features, copy);
  omp_set_num_threads(threads);
  faiss::IndexFlatL2 index(centroids.cols());
  index.add(centroids.rows(), centroids.data());
  return search(index, x, features.rows());
}
