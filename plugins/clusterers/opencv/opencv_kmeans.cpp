#include "opencv_kmeans.h"

#include <chrono>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>

#include "shoal/error.h"

namespace {

/// float32 rows that lie together: the features' own memory where they are that, else `copy`.
cv::Mat as_mat(shoal::ConstArray features, shoal::RowMatrix<float>& copy) {
  const auto rows = static_cast<int>(features.rows()), cols = static_cast<int>(features.cols());
  const void* data = features.bytes();
  if (features.dtype() != shoal::DType::kFloat32 || features.stride(0) != features.cols()) {
    shoal::visit_matrix(features, [&](const auto& x) { copy = x.template cast<float>(); });
    data = copy.data();
  }
  return cv::Mat(rows, cols, CV_32F, const_cast<void*>(data));  // only read
}

}  // namespace

OpenCvClusters opencv_kmeans(shoal::ConstArray features, std::span<const std::int64_t> labels, std::uint64_t seed,
                             const OpenCvOptions& options) {
  constexpr auto kMost = std::numeric_limits<int>::max();
  shoal::require(
      features.rows() <= kMost && features.cols() <= kMost && options.k <= kMost && options.max_iter <= kMost,
      "OpenCV counts in 32 bits: {} examples of {} features are too many", features.rows(), features.cols());
  shoal::RowMatrix<float> copy;
  const cv::Mat data = as_mat(features, copy);
  if (data.rows == 1)  // whose columns cv::kmeans would take for so many examples of one feature
    return {.labels = {0}, .centroids = shoal::RowMatrix<float>::Map(data.ptr<float>(), 1, data.cols)};
  cv::Mat found(static_cast<int>(features.rows()), 1, CV_32S), centers;
  for (std::size_t i = 0; i < labels.size(); ++i) found.at<int>(static_cast<int>(i)) = static_cast<int>(labels[i]);
  const int flags = !labels.empty()     ? cv::KMEANS_USE_INITIAL_LABELS
                    : options.plus_plus ? cv::KMEANS_PP_CENTERS
                                        : cv::KMEANS_RANDOM_CENTERS;
  const cv::TermCriteria stop(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, static_cast<int>(options.max_iter),
                              options.tol);
  cv::setNumThreads(options.threads);
  cv::theRNG().state = seed != 0 ? seed : 1;  // its generator stays at 0
  const auto begin = std::chrono::steady_clock::now();
  cv::kmeans(data, static_cast<int>(options.k), found, stop, labels.empty() ? static_cast<int>(options.n_init) : 1,
             flags, centers);
  OpenCvClusters out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.labels.assign(found.begin<int>(), found.end<int>());
  out.centroids = shoal::RowMatrix<float>::Map(centers.ptr<float>(), centers.rows, centers.cols);
  return out;
}
