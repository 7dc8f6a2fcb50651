// clusterer/faiss: k-means of faiss, for comparison.
#include "shoal/plugin.h"

#include <algorithm>
#include <chrono>

#include "faiss_kmeans.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/starts.h"

namespace {

struct Params {
  std::int64_t k = 8;
  std::int64_t max_iter = 25;
  std::int64_t n_init = 1;
  bool spherical = false;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("max_iter", &Params::max_iter, "iterations of one start, neither more nor fewer")
        .min(1)
        .renamed_from({"niter"});
    schema.field("n_init", &Params::n_init, "starts, of which the one with the least inertia is kept")
        .min(1)
        .renamed_from({"nredo"});
    schema.field("spherical", &Params::spherical, "centroids are scaled to length 1 after each iteration");
  }
};

class FaissKMeans final : public shoal::Clusterer {
 public:
  explicit FaissKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const auto begin = std::chrono::steady_clock::now();
    const auto n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    shoal::kernels::require_initial_centroids(input, params_.k);
    const shoal::Index starts = shoal::kernels::count_starts(context, input, params_.n_init);
    context.log(shoal::Level::kInfo,
                "faiss: its subsampling is off (max_points_per_centroid {}, min_points_per_centroid 1)", n);
    FaissClusters found = faiss_kmeans(input.features, input.init,
                                       {.k = params_.k,
                                        .max_iter = params_.max_iter,
                                        .n_init = starts,
                                        .spherical = params_.spherical,
                                        .seed = static_cast<int>(context.random("kmeans")() >> 33),
                                        .threads = context.threads()});
    centroids_ = std::move(found.centroids);
    shoal::Clustering out{.labels = context.copy(found.labels),
                          .centroids = context.copy(centroids_),
                          .clusters = params_.k,
                          .iterations = params_.max_iter,
                          .converged = false};  // it has no criterion of its own
    const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    out.convert_seconds = std::max(0.0, whole - found.seconds);
    return out;
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "faiss");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    const std::vector<std::int64_t> found = faiss_nearest(features, centroids_, context.threads());
    std::copy(found.begin(), found.end(), labels.vector<std::int64_t>().begin());
  }

 private:
  Params params_;
  shoal::RowMatrix<float> centroids_;  // none before fit
};

}  // namespace

SHOAL_PLUGIN("faiss-kmeans", "0.1.0", "k-means of faiss") {
  using shoal::DType;
  plugin.add<FaissKMeans, Params>("clusterer/faiss")
      .random()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
