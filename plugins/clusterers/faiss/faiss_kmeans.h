// k-means of faiss.
#ifndef SHOAL_FAISS_KMEANS_H_
#define SHOAL_FAISS_KMEANS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

struct FaissOptions {
  std::int64_t k = 8;
  std::int64_t max_iter = 25;  ///< neither more nor fewer
  std::int64_t n_init = 1;     ///< starts, of which the one with the least inertia is kept; 1 with `init`
  bool spherical = false;      ///< centroids are scaled to length 1 after each iteration
  int seed = 0;
  int threads = 1;
};

struct FaissClusters {
  std::vector<std::int64_t> labels;   ///< (N)
  shoal::RowMatrix<float> centroids;  ///< (K, D)
  double seconds = 0;                 ///< within faiss alone, the search for the labels included
};

/// faiss::Clustering over all examples (it would draw 256 for each centroid), then a search for the labels. It takes
/// float32 rows that lie together alone: others are converted. N ≥ k; `init` (k, D).
/// Source: J. Johnson, M. Douze, H. Jégou, IEEE Trans. Big Data 7 (2021) 535–547; faiss/Clustering.h.
FaissClusters faiss_kmeans(shoal::ConstArray features, std::optional<shoal::ConstArray> init,
                           const FaissOptions& options);

/// For each row of `features` (M, D) the nearest of `centroids`, as faiss finds it.
std::vector<std::int64_t> faiss_nearest(shoal::ConstArray features, const shoal::RowMatrix<float>& centroids,
                                        int threads);

#endif  // SHOAL_FAISS_KMEANS_H_
