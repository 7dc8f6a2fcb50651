// clusterer/kmeans: exact k-means by Lloyd's algorithm.
#include "shoal/plugin.h"

#include "collapse.h"
#include "fit_progress.h"
#include "shoal/checkpoint.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/lloyd.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/starts.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::kernels::Algorithm;
using shoal::kernels::Clusters;

struct Params {
  std::int64_t k = 8;
  shoal::kernels::Seeding init = shoal::kernels::Seeding::kKMeansPlusPlus;
  std::optional<std::int64_t> n_init;
  std::int64_t max_iter = 300;
  double tol = 1e-4;
  std::optional<std::int64_t> min_size, max_size;
  bool balanced = false;
  std::optional<double> stop_center_shift, stop_inertia_rel, stop_changed_labels, max_time;
  std::string algorithm = "auto";
  Repeats duplicates = Repeats::kAuto;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("init", &Params::init, "how the first centroids are chosen, unless the port 'init' is wired")
        .one_of(shoal::kernels::kSeedings);
    schema
        .field("n_init", &Params::n_init,
               "starts, of which the one with the lowest inertia is kept; left out: 10 for "
               "random, 1 for every other init")
        .min(1);
    schema.field("max_iter", &Params::max_iter, "iterations of one start at most").min(1);
    schema
        .field("tol", &Params::tol,
               "stop when the centroids' squared shifts add up to at most tol times the mean "
               "variance of a column")
        .min(0.0);
    schema.field("min_size", &Params::min_size, "examples that every cluster has at least").min(0);
    schema.field("max_size", &Params::max_size, "examples that every cluster has at most").min(1);
    schema.field("balanced", &Params::balanced, "clusters as equal in size as can be: sizes differ by 1 at most");
    schema.field("stop_center_shift", &Params::stop_center_shift, "stop when no centroid moves farther than this")
        .min(0.0);
    schema
        .field("stop_inertia_rel", &Params::stop_inertia_rel,
               "stop when the inertia falls by at most this share of itself in an iteration")
        .min(0.0);
    schema
        .field("stop_changed_labels", &Params::stop_changed_labels,
               "stop when at most this share of the examples changes its cluster in an iteration")
        .min(0.0)
        .max(1.0);
    schema.field("max_time", &Params::max_time, "seconds after which no iteration of a start begins").min(0.0);
    schema
        .field(
            "algorithm", &Params::algorithm,
            "how distances are avoided: all give the same result; auto goes by what passes cost and says what it did")
        .one_of({"auto", "lloyd", "hamerly", "yinyang", "elkan"})
        .speed_only();
    schema
        .field(
            "duplicates", &Params::duplicates,
            "whether the distances of equal examples are computed once (collapse) or each time (keep): the result is "
            "the same; auto collapses where at most half of the examples differ, in features of at most 1 GiB")
        .one_of({{"auto", Repeats::kAuto}, {"keep", Repeats::kKeep}, {"collapse", Repeats::kCollapse}})
        .speed_only();
  }
};

Algorithm algorithm_of(const std::string& name) {
  if (name == "lloyd") return Algorithm::kLloyd;
  if (name == "hamerly") return Algorithm::kHamerly;
  if (name == "elkan") return Algorithm::kElkan;
  return name == "yinyang" ? Algorithm::kYinyang : Algorithm::kAuto;
}

class KMeans final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit KMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const shoal::Index n = input.features.rows();  // the SDK has looked at the features: finite, and of a dtype we take
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    shoal::kernels::require_squares_fit(context, input.features);
    if (input.init) shoal::kernels::require_squares_fit(context, *input.init, "initial centroids");
    const std::optional<shoal::kernels::SizeLimits> sizes = size_limits(input);
    if (params_.algorithm == "elkan")
      shoal::kernels::Assignment::require_room(shoal::kernels::Bounds::kEach, n, params_.k);
    const std::optional<shoal::kernels::DistinctRows> distinct =
        collapse(context, input.features, sizes ? Repeats::kKeep : params_.duplicates);
    const shoal::kernels::StopRules stop{
        .max_iter = params_.max_iter,
        .squared_shift =
            params_.tol == 0 ? 0 : params_.tol * shoal::kernels::spread(context, input.features, weights).mean_variance,
        .center_shift = params_.stop_center_shift,
        .inertia_rel = params_.stop_inertia_rel,
        .changed_labels = params_.stop_changed_labels,
        .max_seconds = params_.max_time};

    const std::int64_t starts = shoal::kernels::count_starts(context, input, params_.n_init,
                                                             params_.init == shoal::kernels::Seeding::kRandom ? 10 : 1);
    FitProgress progress;
    const shoal::Checkpoint checkpoint(context, "iteration");
    checkpoint.restore([&](const shoal::StateReader& state) { progress = FitProgress::load(context, state); });
    const auto offer = [&](shoal::Index iterations, const std::function<void(shoal::StateWriter&)>& save_start) {
      checkpoint.offer(progress.iterations_before + iterations,
                       [&](shoal::StateWriter& state) { progress.save(state, save_start); });
    };
    while (progress.start < starts) {
      Clusters found = lloyd(context, input.features, weights,
                             progress.at_work ? progress.at_work->centroids
                                              : shoal::kernels::first_centroids(context, input, weights, params_.k,
                                                                                params_.init, progress.start),
                             stop,
                             {.algorithm = algorithm_of(params_.algorithm),
                              .sizes = sizes,
                              .distinct = distinct ? &*distinct : nullptr,
                              .from = progress.at_work ? &*progress.at_work : nullptr,
                              .offer = offer});
      context.log(shoal::Level::kInfo, "algorithm {}: {}", params_.algorithm, found.how);
      double inertia = 0;  // of a single start nobody asks
      if (starts > 1) {
        inertia = shoal::kernels::inertia(context, input.features, shoal::ConstArray(found.centroids),
                                          found.label_values(), weights);
        context.log(shoal::Level::kDebug, "start {} of {}: inertia {} after {} iterations", progress.start + 1, starts,
                    inertia, found.iterations);
      }
      progress.finish(std::move(found), inertia);
    }
    Clusters& best = progress.best;
    shoal::kernels::warn_of_empty(context, input.features, best.label_values(), params_.k, weights);
    shoal::Clustering out{.labels = best.labels,
                          .centroids = context.copy(best.centroids),
                          .clusters = params_.k,
                          .iterations = best.iterations,
                          .converged = best.converged};
    centroids_ = std::move(best.centroids);
    return out;
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "kmeans");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    shoal::kernels::require_squares_fit(context, features);
    shoal::kernels::nearest(context, features, shoal::ConstArray(centroids_), labels);
  }

  void save(shoal::StateWriter& state) const override { shoal::kernels::save_centroids(state, centroids_, "kmeans"); }

  void load(const shoal::StateReader& state) override { centroids_ = shoal::kernels::load_centroids(state, params_.k); }

 private:
  std::optional<shoal::kernels::SizeLimits> size_limits(const shoal::FitInput& input) const {
    if (!params_.min_size && !params_.max_size && !params_.balanced) return {};
    shoal::require(!input.weights, "size limits count examples, so they are not to be had together with weights");
    shoal::require(
        params_.duplicates != Repeats::kCollapse,
        "size limits tell equal examples apart, so they are not to be had together with duplicates: collapse");
    shoal::require(!params_.balanced || (!params_.min_size && !params_.max_size),
                   "balanced sets both limits: leave out min_size and max_size");
    const shoal::Index n = input.features.rows();
    shoal::kernels::SizeLimits out;
    if (params_.balanced) out = shoal::kernels::balanced_sizes(n, params_.k);
    if (params_.min_size) out.min = *params_.min_size;
    if (params_.max_size) out.max = *params_.max_size;
    shoal::kernels::require_possible(out, n, params_.k);
    return out;
  }

  Params params_;
  shoal::RowMatrix<double> centroids_;  // (K, D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("kmeans", "0.1.0", "exact k-means: labels as float64 decides them, the same for any number of threads") {
  using shoal::DType;
  plugin.add<KMeans, Params>("clusterer/kmeans")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
