// clusterer/spherical-kmeans: k-means of directions.
#include "shoal/plugin.h"

#include <limits>

#include "directions.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/lloyd.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/starts.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

struct Params {
  std::int64_t k = 8;
  shoal::kernels::Seeding init = shoal::kernels::Seeding::kKMeansPlusPlus;
  std::optional<std::int64_t> n_init;
  std::int64_t max_iter = 300;
  double tol = 1e-4;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema
        .field("init", &Params::init,
               "how the first centroids are chosen among the rows of length 1, unless the port 'init' is wired")
        .one_of(shoal::kernels::kSeedings);
    schema
        .field("n_init", &Params::n_init,
               "starts, of which the one with the greatest mean cosine is kept; left out: 10 for random, 1 for every "
               "other init")
        .min(1);
    schema.field("max_iter", &Params::max_iter, "iterations of one start at most").min(1);
    schema
        .field("tol", &Params::tol,
               "stop when the centroids' squared shifts add up to at most tol times the mean variance of a column of "
               "the rows of length 1")
        .min(0.0);
  }
};

class SphericalKMeans final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit SphericalKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    const RowMatrix<double> rows = directions(context, input.features, "features");
    const ConstArray features(rows);
    const double variance = params_.tol == 0 ? 0 : shoal::kernels::spread(context, features, weights).mean_variance;
    const shoal::kernels::StopRules stop{.max_iter = params_.max_iter, .squared_shift = params_.tol * variance};
    shoal::kernels::Clusters best;
    double greatest = -std::numeric_limits<double>::infinity();
    const Index starts = shoal::kernels::count_starts(context, input, params_.n_init,
                                                      params_.init == shoal::kernels::Seeding::kRandom ? 10 : 1);
    for (Index start = 0; start < starts; ++start) {
      shoal::kernels::Clusters found =
          shoal::kernels::lloyd(context, features, weights, first_centroids(context, input, features, weights, start),
                                stop, {.unit_centroids = true});
      const double cosine = mean_cosine(context, rows, found.centroids, found.label_values(), weights);
      context.log(shoal::Level::kDebug, "start {} of {}: mean cosine {} after {} iterations", start + 1, starts, cosine,
                  found.iterations);
      if (cosine > greatest) greatest = cosine, best = std::move(found);
    }
    context.scalar("cosine", greatest, best.iterations);
    shoal::kernels::warn_of_empty(context, features, best.label_values(), params_.k, weights);
    shoal::Clustering out{.labels = best.labels,
                          .centroids = context.copy(best.centroids),
                          .clusters = params_.k,
                          .iterations = best.iterations,
                          .converged = best.converged};
    centroids_ = std::move(best.centroids);
    return out;
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "spherical-kmeans");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    const RowMatrix<double> rows = directions(context, features, "features");
    shoal::kernels::nearest(context, ConstArray(rows), ConstArray(centroids_), labels);
  }

  void save(shoal::StateWriter& state) const override {
    shoal::kernels::save_centroids(state, centroids_, "spherical-kmeans");
  }

  void load(const shoal::StateReader& state) override { centroids_ = shoal::kernels::load_centroids(state, params_.k); }

 private:
  RowMatrix<double> first_centroids(const shoal::Context& context, const shoal::FitInput& input, ConstArray features,
                                    std::span<const double> weights, Index start) const {
    shoal::kernels::require_initial_centroids(input, params_.k);
    if (input.init) return directions(context, *input.init, "initial centroids");
    const shoal::Random random = context.random("init").fork(static_cast<std::uint64_t>(start));
    return shoal::kernels::take_rows(
        features, shoal::kernels::seed_rows(params_.init, context, features, params_.k, random, weights));
  }

  Params params_;
  RowMatrix<double> centroids_;  // (K, D) of length 1; empty before fit
};

}  // namespace

SHOAL_PLUGIN("spherical-kmeans", "0.1.0", "k-means of directions: rows and centroids of length 1, compared by cosine") {
  using shoal::DType;
  plugin.add<SphericalKMeans, Params>("clusterer/spherical-kmeans")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
