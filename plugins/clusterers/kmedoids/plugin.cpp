// clusterer/kmedoids: k examples that represent the others, by FasterPAM.
#include "shoal/plugin.h"

#include <algorithm>

#include "metric.h"
#include "pam.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/pairwise.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

enum class Init { kRandom, kBuild };
enum class Method { kFasterPam, kAlternate };

struct Params {
  std::int64_t k = 8;
  Metric metric = Metric::kEuclidean;
  Method method = Method::kFasterPam;
  Init init = Init::kRandom;
  std::int64_t max_iter = 100;
  double memory_limit_gb = shoal::kernels::kDistancesLimitGb;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("metric", &Params::metric, "distance of two examples; cosine: 1 − the cosine of their angle")
        .one_of({{"euclidean", Metric::kEuclidean},
                 {"sqeuclidean", Metric::kSqEuclidean},
                 {"cosine", Metric::kCosine},
                 {"manhattan", Metric::kManhattan}});
    schema
        .field("method", &Params::method,
               "fasterpam: swaps a medoid wherever that lowers the loss; alternate: labels and medoids in turn, as "
               "k-means does, quicker and worse")
        .one_of({{"fasterpam", Method::kFasterPam}, {"alternate", Method::kAlternate}});
    schema
        .field(
            "init", &Params::init,
            "random: any examples; build: PAM's greedy choice; the port 'init', when wired, gives points, to each of "
            "which the nearest example is taken")
        .one_of({{"random", Init::kRandom}, {"build", Init::kBuild}});
    schema.field("max_iter", &Params::max_iter, "passes over the examples at most").min(1);
    schema.field("memory_limit_gb", &Params::memory_limit_gb, "what the distances of all examples may take").min(0.0);
  }
};

class KMedoids final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit KMedoids(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    const auto weighted = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; });
    shoal::require(weights.empty() || weighted >= params_.k, "k is {} but only {} examples have a weight above 0",
                   params_.k, weighted);
    shoal::kernels::require_distances_fit(n, 8, params_.memory_limit_gb, "cluster fewer examples");
    require_squares_fit(context, input.features);
    if (input.init) require_squares_fit(context, *input.init, "initial points");
    const RowMatrix<double> rows = comparable(params_.metric, input.features);
    const std::unique_ptr<double[]> values = all_distances(context, params_.metric, rows);
    const Distances distances{.values = values.get(), .n = n, .weights = weights};
    std::vector<Index> first = first_medoids(context, input, distances, rows);
    const Medoids found = params_.method == Method::kFasterPam
                              ? faster_pam(context, distances, std::move(first), params_.max_iter)
                              : alternate(context, distances, std::move(first), params_.max_iter);
    if (!found.converged)
      context.log(shoal::Level::kWarning, "not converged: medoids still changed after {} iterations (max_iter)",
                  params_.max_iter);
    context.log(shoal::Level::kInfo, "{} swaps; rows of the medoids: {}", found.swaps, listed(found.rows));
    context.scalar("loss", found.loss, found.iterations);

    RowMatrix<double> medoids = shoal::kernels::take_rows(input.features, found.rows);
    shoal::Array labels = context.allocate<Index>({n});
    nearest_point(context, params_.metric, rows, comparable(params_.metric, ConstArray(medoids)),
                  labels.mutable_view().vector<Index>());
    shoal::kernels::warn_of_empty(context, ConstArray(rows), labels.view().vector<Index>(), params_.k, weights);
    shoal::Clustering out{.labels = std::move(labels),
                          .centroids = context.copy(medoids),
                          .clusters = params_.k,
                          .iterations = found.iterations,
                          .converged = found.converged};
    medoids_ = std::move(medoids);
    return out;
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    if (medoids_.rows() == 0) throw shoal::StateError("kmedoids is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = medoids_.cols()});
    require_squares_fit(context, features);
    nearest_point(context, params_.metric, comparable(params_.metric, features),
                  comparable(params_.metric, ConstArray(medoids_)), labels.vector<Index>());
  }

  void save(shoal::StateWriter& state) const override {
    if (medoids_.rows() == 0) throw shoal::StateError("kmedoids has no state to save before it is fitted");
    state.put("medoids", ConstArray(medoids_));
  }

  void load(const shoal::StateReader& state) override {
    const auto medoids = state.get("medoids").matrix<double>();
    shoal::require(medoids.rows() == params_.k, "k is {} but the saved state has {} medoids", params_.k,
                   medoids.rows());
    shoal::require_features(state.get("medoids"));
    static_cast<void>(comparable(params_.metric, state.get("medoids")));  // throws where one has no cosine
    medoids_ = medoids;
  }

 private:
  // Cosines are of rows of length 1, whatever the features are.
  void require_squares_fit(const shoal::Context& context, ConstArray rows, const char* what = "features") const {
    if (params_.metric != Metric::kCosine) shoal::kernels::require_squares_fit(context, rows, what);
  }

  static std::string listed(std::span<const Index> rows) {
    std::string out;
    for (const Index row : rows) out += (out.empty() ? "" : ", ") + std::to_string(row);
    return out;
  }

  std::vector<Index> first_medoids(const shoal::Context& context, const shoal::FitInput& input,
                                   const Distances& distances, const RowMatrix<double>& rows) const {
    if (input.init) {
      shoal::require_feature_shape(*input.init, {.cols = rows.cols()});
      shoal::require(input.init->rows() == params_.k, "k is {} but {} initial points are given", params_.k,
                     input.init->rows());
      return nearest_rows(context, params_.metric, rows, comparable(params_.metric, *input.init), distances.weights);
    }
    if (params_.init == Init::kBuild) return build(context, distances, params_.k);
    return shoal::kernels::random_rows(distances.n, params_.k, context.random("init"), distances.weights);
  }

  Params params_;
  RowMatrix<double> medoids_;  // (K, D) as the examples are; empty before fit
};

}  // namespace

SHOAL_PLUGIN("kmedoids", "0.1.0", "k examples that represent the others, of the least sum of distances: FasterPAM") {
  using shoal::DType;
  plugin.add<KMedoids, Params>("clusterer/kmedoids")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
