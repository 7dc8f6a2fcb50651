// clusterer/breathing-kmeans: k-means that goes on searching where Lloyd's iteration ends.
#include "shoal/plugin.h"

#include "breathe.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/starts.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

struct Params {
  std::int64_t k = 8;
  std::int64_t m = 5;
  shoal::kernels::Seeding init = shoal::kernels::Seeding::kKMeansPlusPlus;
  std::int64_t n_init = 1;
  std::int64_t max_iter = 300;
  double tol = 1e-4;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema
        .field("m", &Params::m,
               "breathing depth: centroids that are added and removed at first, at most k of them; 0: plain k-means")
        .min(0);
    schema.field("init", &Params::init, "how the first centroids are chosen, unless the port 'init' is wired")
        .one_of(shoal::kernels::kSeedings);
    schema.field("n_init", &Params::n_init, "starts of k-means, from the best of which the search goes on").min(1);
    schema.field("max_iter", &Params::max_iter, "iterations of one run of Lloyd's at most").min(1);
    schema
        .field(
            "tol", &Params::tol,
            "a run of Lloyd's stops when its centroids' squared shifts add up to at most tol times the mean variance "
            "of a column; a breath that lowers the inertia by less than this share makes the next ones smaller")
        .min(0.0);
  }
};

class BreathingKMeans final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit BreathingKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    shoal::kernels::require_squares_fit(context, input.features);
    if (input.init) shoal::kernels::require_squares_fit(context, *input.init, "initial centroids");
    const double variance =
        params_.tol == 0 ? 0 : shoal::kernels::spread(context, input.features, weights).mean_variance;
    const BreathingOptions options{.m = params_.m,
                                   .tol = params_.tol,
                                   .stop = {.max_iter = params_.max_iter, .squared_shift = params_.tol * variance}};
    Breathing found = breathe(context, input.features, weights, first_clusters(context, input, weights, options.stop),
                              options, context.random("breathe"));
    for (std::size_t breath = 0; breath < found.history.size(); ++breath)
      context.scalar("inertia_of_breath", found.history[breath], static_cast<Index>(breath));
    context.log(shoal::Level::kInfo, "inertia {} of k-means, {} after {} breaths", found.history.front(), found.inertia,
                found.history.size() - 1);
    shoal::kernels::Clusters& best = found.best;
    shoal::kernels::warn_of_empty(context, input.features, best.label_values(), params_.k, weights);
    shoal::Clustering out{.labels = best.labels,
                          .centroids = context.copy(best.centroids),
                          .clusters = params_.k,
                          .iterations = best.iterations,
                          .converged = best.converged};
    centroids_ = std::move(best.centroids);
    return out;
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "breathing-kmeans");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    shoal::kernels::require_squares_fit(context, features);
    shoal::kernels::nearest(context, features, ConstArray(centroids_), labels);
  }

  void save(shoal::StateWriter& state) const override {
    shoal::kernels::save_centroids(state, centroids_, "breathing-kmeans");
  }

  void load(const shoal::StateReader& state) override { centroids_ = shoal::kernels::load_centroids(state, params_.k); }

 private:
  shoal::kernels::Clusters first_clusters(const shoal::Context& context, const shoal::FitInput& input,
                                          std::span<const double> weights,
                                          const shoal::kernels::StopRules& stop) const {
    const Index starts = shoal::kernels::count_starts(context, input, params_.n_init);
    shoal::kernels::Clusters best;
    double least = 0;
    for (Index start = 0; start < starts; ++start) {
      shoal::kernels::Clusters found = shoal::kernels::lloyd(
          context, input.features, weights,
          shoal::kernels::first_centroids(context, input, weights, params_.k, params_.init, start), stop);
      const double inertia =
          shoal::kernels::inertia(context, input.features, ConstArray(found.centroids), found.label_values(), weights);
      if (start == 0 || inertia < least) least = inertia, best = std::move(found);
    }
    return best;
  }

  Params params_;
  RowMatrix<double> centroids_;  // (K, D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("breathing-kmeans", "0.1.0", "k-means that goes on searching: adds and removes centroids, with bounds") {
  using shoal::DType;
  plugin.add<BreathingKMeans, Params>("clusterer/breathing-kmeans")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
