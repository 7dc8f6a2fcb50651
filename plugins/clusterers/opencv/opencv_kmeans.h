// k-means of OpenCV.
#ifndef SHOAL_OPENCV_KMEANS_H_
#define SHOAL_OPENCV_KMEANS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

struct OpenCvOptions {
  std::int64_t k = 8;
  bool plus_plus = true;  ///< first centroids by k-means++ (three tries each); else uniform in the features' box
  std::int64_t max_iter = 100;
  double tol = 1e-4;        ///< stop when no centroid moves farther, by Euclidean distance
  std::int64_t n_init = 1;  ///< starts, of which the one with the least inertia is kept
  int threads = 1;
};

struct OpenCvClusters {
  std::vector<std::int64_t> labels;   ///< (N)
  shoal::RowMatrix<float> centroids;  ///< (K, D)
  double seconds = 0;                 ///< within cv::kmeans alone
};

/// cv::kmeans, which takes float32 rows that lie together alone: others are converted. N ≥ k. `labels`, where given,
/// are (N) in [0, k): the first centroids are the means of the rows that share one, and n_init is 1. Chance comes from
/// OpenCV's generator of the calling thread, set to `seed`. Source: OpenCV, modules/core/src/kmeans.cpp.
OpenCvClusters opencv_kmeans(shoal::ConstArray features, std::span<const std::int64_t> labels, std::uint64_t seed,
                             const OpenCvOptions& options);

#endif  // SHOAL_OPENCV_KMEANS_H_
