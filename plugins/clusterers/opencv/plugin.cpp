// clusterer/opencv: k-means of OpenCV, for comparison.
#include "shoal/plugin.h"

#include <chrono>

#include "opencv_kmeans.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/starts.h"

namespace {

struct Params {
  std::int64_t k = 8;
  std::string init = "k-means++";
  std::int64_t n_init = 1;
  std::int64_t max_iter = 100;
  double tol = 1e-4;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters", "K"});
    schema
        .field(
            "init", &Params::init,
            "k-means++, or random: uniform in the features' box, which may be far from any example; not where the port "
            "'init' is wired")
        .one_of({"k-means++", "random"});
    schema.field("n_init", &Params::n_init, "starts, of which the one with the least inertia is kept")
        .min(1)
        .renamed_from({"attempts"});
    schema
        .field("max_iter", &Params::max_iter,
               "iterations of one start at most; OpenCV makes at least 2, and at most 100")
        .min(2)
        .max(100);
    schema.field("tol", &Params::tol, "stop when no centroid moves farther than this")
        .min(0.0)
        .renamed_from({"epsilon"});
  }
};

class OpenCvKMeans final : public shoal::Clusterer {
 public:
  explicit OpenCvKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const auto begin = std::chrono::steady_clock::now();
    const auto n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    shoal::kernels::require_initial_centroids(input, params_.k);
    const OpenCvOptions options{.k = params_.k,
                                .plus_plus = params_.init == "k-means++",
                                .max_iter = params_.max_iter,
                                .tol = params_.tol,
                                .n_init = shoal::kernels::count_starts(context, input, params_.n_init),
                                .threads = context.threads()};
    OpenCvClusters found =
        opencv_kmeans(input.features, first_labels(context, input), context.random("kmeans")(), options);
    centroids_ = std::move(found.centroids);
    shoal::Clustering out{.labels = context.copy(found.labels),
                          .centroids = context.copy(centroids_),
                          .clusters = params_.k,
                          .iterations = -1};  // OpenCV does not tell
    const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    out.convert_seconds = std::max(0.0, whole - found.seconds);
    return out;
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "opencv");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    shoal::kernels::nearest(context, features, shoal::ConstArray(centroids_), labels);
  }

 private:
  /// OpenCV starts from labels, not from centroids: the nearest of those given.
  std::vector<std::int64_t> first_labels(const shoal::Context& context, const shoal::FitInput& input) const {
    if (!input.init) return {};
    std::vector<std::int64_t> labels(static_cast<std::size_t>(input.features.rows()));
    shoal::kernels::nearest(context, input.features, *input.init, shoal::MutableArray(labels));
    return labels;
  }

  Params params_;
  shoal::RowMatrix<float> centroids_;  // none before fit
};

}  // namespace

SHOAL_PLUGIN("opencv-kmeans", "0.1.0", "k-means of OpenCV") {
  using shoal::DType;
  plugin.add<OpenCvKMeans, Params>("clusterer/opencv")
      .random()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
