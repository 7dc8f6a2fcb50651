// clusterer/breathing-kmeans: k-means that goes on searching where Lloyd's iteration ends.
#include "shoal/plugin.h"

#include "breathe.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
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
    if (centroids_.rows() == 0) throw shoal::StateError("breathing-kmeans is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    shoal::kernels::require_squares_fit(context, features);
    shoal::kernels::nearest(context, features, ConstArray(centroids_), labels);
  }

  void save(shoal::StateWriter& state) const override {
    if (centroids_.rows() == 0) throw shoal::StateError("breathing-kmeans has no state to save before it is fitted");
    state.put("centroids", ConstArray(centroids_));
  }

  void load(const shoal::StateReader& state) override {
    const auto centroids = state.get("centroids").matrix<double>();
    shoal::require(centroids.rows() == params_.k, "k is {} but the saved state has {} centroids", params_.k,
                   centroids.rows());
    shoal::require_features(state.get("centroids"));
    centroids_ = centroids;
  }

 private:
  shoal::kernels::Clusters first_clusters(const shoal::Context& context, const shoal::FitInput& input,
                                          std::span<const double> weights,
                                          const shoal::kernels::StopRules& stop) const {
    if (input.init && params_.n_init > 1)
      context.log(shoal::Level::kWarning, "n_init is {}, but from given centroids all starts are one: it is run once",
                  params_.n_init);
    const Index starts = input.init ? 1 : params_.n_init;
    shoal::kernels::Clusters best;
    double least = 0;
    for (Index start = 0; start < starts; ++start) {
      shoal::kernels::Clusters found = shoal::kernels::lloyd(context, input.features, weights,
                                                             first_centroids(context, input, weights, start), stop);
      const double inertia =
          shoal::kernels::inertia(context, input.features, ConstArray(found.centroids), found.label_values(), weights);
      if (start == 0 || inertia < least) least = inertia, best = std::move(found);
    }
    return best;
  }

  RowMatrix<double> first_centroids(const shoal::Context& context, const shoal::FitInput& input,
                                    std::span<const double> weights, Index start) const {
    if (input.init) {
      shoal::require_feature_shape(*input.init, {.cols = input.features.cols()});
      shoal::require(input.init->rows() == params_.k, "k is {} but {} initial centroids are given", params_.k,
                     input.init->rows());
      return shoal::to_float64(*input.init);
    }
    const shoal::Random random = context.random("init").fork(static_cast<std::uint64_t>(start));
    return shoal::kernels::take_rows(
        input.features, shoal::kernels::seed_rows(params_.init, context, input.features, params_.k, random, weights));
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
