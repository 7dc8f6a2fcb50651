// transform/umap: uniform manifold approximation and projection.
#include "shoal/plugin.h"

#include <algorithm>

#include "curve.h"
#include "fuzzy_graph.h"
#include "layout.h"
#include "shoal/kernels/neighbors.h"
#include "shoal/transform.h"
#include "starts.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;
using shoal::kernels::ComparableRows;
using shoal::kernels::Distance;
using shoal::kernels::nearest_neighbors;
using shoal::kernels::Neighbors;

enum class Init { kSpectral, kPca };

struct Params {
  std::int64_t components = 10;
  std::int64_t n_neighbors = 15;
  double min_dist = 0;
  double spread = 1;
  Distance metric = Distance::kEuclidean;
  std::optional<std::int64_t> epochs;
  std::int64_t negative_samples = 5;
  double learning_rate = 1;
  Init init = Init::kSpectral;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("components", &Params::components, "columns of the result; 2 for pictures")
        .min(1)
        .renamed_from({"n_components"});
    schema
        .field("n_neighbors", &Params::n_neighbors,
               "examples of a neighbourhood, the example itself among them; more show coarser structure")
        .min(2);
    schema
        .field("min_dist", &Params::min_dist,
               "distance from which embedded examples count as apart; 0 packs groups as clustering wants it, 0.1 is "
               "usual for pictures")
        .min(0.0);
    schema.field("spread", &Params::spread, "scale of the embedding that min_dist is measured on").above(0.0);
    schema.field("metric", &Params::metric, "how far apart two examples are").one_of(shoal::kernels::kDistances);
    schema
        .field("epochs", &Params::epochs,
               "passes over the edges of the graph; left out: 500 for up to 10000 examples, else 200")
        .min(1)
        .renamed_from({"n_epochs"});
    schema
        .field("negative_samples", &Params::negative_samples, "random examples that push for each neighbour that pulls")
        .min(0)
        .renamed_from({"negative_sample_rate"});
    schema.field("learning_rate", &Params::learning_rate, "length of the first epoch's steps").above(0.0);
    schema
        .field("init", &Params::init,
               "spectral: eigenvectors of the graph, where it is connected, else as pca; pca: principal components")
        .one_of({{"spectral", Init::kSpectral}, {"pca", Init::kPca}});
  }

  void check() const {
    if (min_dist > 3 * spread)
      throw shoal::InputError(
          shoal::text("'min_dist' must be at most three times 'spread', which is {}, but is {}", spread, min_dist));
  }
};

std::vector<double> distances_of(const Neighbors& found, Distance metric) {
  std::vector<double> out = found.squared_distances;
  for (double& d : out) d = distance_of(metric, d);
  return out;
}

class Umap final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit Umap(const Params& params) : params_(params) {}

  void fit(shoal::Context& context, shoal::ConstArray features) override {
    shoal::require_features(features);
    const Index n = features.rows(), k = params_.n_neighbors;
    shoal::require(n >= k, "n_neighbors is {}, but there are only {} examples", k, n);
    ComparableRows points(features, params_.metric);
    const Neighbors found = nearest_neighbors(context, points.view(), k - 1);
    const std::vector<double> distances = distances_of(found, params_.metric);
    const Bandwidths scales = bandwidths(distances, k - 1, k, Local::kNearest);
    const FuzzyGraph graph = fuzzy_union(found.points, memberships(distances, k - 1, scales), k - 1);
    RowMatrix<float> places = spread_out(start(context, graph, points), context.random("noise"));
    lay_out(context, graph, layout(n), context.random("layout"), places);
    for (Index i = 0; i < n; ++i)  // equal examples have one place: the first one's
      if (const Index first = found.of(i)[0]; first < i && distances[static_cast<std::size_t>(i * (k - 1))] == 0)
        places.row(i) = places.row(first);
    points_ = std::move(points);
    places_ = std::move(places);
  }

  Index columns(Index) const override { return params_.components; }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    if (places_.rows() == 0) throw shoal::StateError("umap is applied before it is fitted");
    shoal::require_features(features, {.cols = points_.view().cols()});
    const ComparableRows queries(features, params_.metric);
    const RowMatrix<float> places = queries.same_as(points_) ? places_ : place_new(context, queries);
    if (out.dtype() == shoal::DType::kFloat64) out.matrix<double>() = places.cast<double>();
    else out.matrix<float>() = places;
  }

  void save(shoal::StateWriter& state) const override {
    if (places_.rows() == 0) throw shoal::StateError("umap has no state to save before it is fitted");
    state.put("examples", points_.view());
    state.put("embedding", shoal::ConstArray(places_));
  }

  void load(const shoal::StateReader& state) override {
    const shoal::ConstArray examples = state.get("examples");
    const auto embedding = state.get("embedding").matrix<float>();
    shoal::require_features(examples, {.min_rows = params_.n_neighbors});
    shoal::require(embedding.rows() == examples.rows() && embedding.cols() == params_.components,
                   "the saved embedding is ({}, {}), not ({}, {})", embedding.rows(), embedding.cols(), examples.rows(),
                   params_.components);
    points_ = ComparableRows(examples, Distance::kEuclidean);  // as they were kept: comparable
    places_ = embedding;
  }

 private:
  LayoutOptions layout(Index n) const {
    return {.curve = fit_curve(params_.min_dist, params_.spread),
            .epochs = params_.epochs.value_or(n <= 10000 ? 500 : 200),
            .negative_samples = params_.negative_samples,
            .learning_rate = params_.learning_rate};
  }

  Eigen::MatrixXd start(const shoal::Context& context, const FuzzyGraph& graph, const ComparableRows& points) const {
    const Index dims = params_.components, n = graph.size(), columns = points.view().cols();
    if (params_.init == Init::kSpectral) {
      shoal::require(dims + 1 < n, "{} components need more than {} examples for a spectral start, got {}", dims,
                     dims + 1, n);
      const Index parts = count_parts(graph);
      if (parts == 1) return spectral_start(context, graph, dims, context.random("init"));
      context.log(shoal::Level::kInfo,
                  "umap: the graph of neighbours is in {} parts, so the start is that of principal components", parts);
      shoal::require(dims <= columns,
                     "the graph of neighbours is in {} parts, and {} principal components cannot be had of {} columns: "
                     "raise 'n_neighbors' or lower 'components'",
                     parts, dims, columns);
    }
    shoal::require(dims <= columns, "init pca gives at most {} components, the columns, but 'components' is {}",
                   columns, dims);
    return pca_start(context, points.view(), dims);
  }

  /// Each new example at the mean of its neighbours' places, by weight, and then moved among the fitted ones.
  RowMatrix<float> place_new(shoal::Context& context, const ComparableRows& queries) const {
    const Index k = params_.n_neighbors, m = queries.view().rows();
    const Neighbors found = nearest_neighbors(context, queries.view(), points_.view(), k);
    const std::vector<double> distances = distances_of(found, params_.metric);
    const std::vector<double> weights = memberships(distances, k, bandwidths(distances, k, k, Local::kNone));
    RowMatrix<float> places(m, places_.cols());
    for (Index i = 0; i < m; ++i) {
      Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(places_.cols());
      double total = 0;
      for (Index j = 0; j < k; ++j) {
        const double w = weights[static_cast<std::size_t>(i * k + j)];
        sum += w * places_.row(found.of(i)[static_cast<std::size_t>(j)]).cast<double>();
        total += w;
      }
      places.row(i) = (sum / total).cast<float>();
    }
    LayoutOptions options = layout(points_.view().rows());
    options.epochs = std::max<Index>(1, options.epochs / 3);
    options.learning_rate /= 4;
    lay_out_new(context, found.points, weights, k, places_, options, context.random("apply"), places);
    for (Index i = 0; i < m; ++i)
      if (distances[static_cast<std::size_t>(i * k)] == 0) places.row(i) = places_.row(found.of(i)[0]);
    return places;
  }

  Params params_;
  ComparableRows points_;    // (N, D) what was fitted; none before fit
  RowMatrix<float> places_;  // (N, components) where it lies
};

}  // namespace

SHOAL_PLUGIN("umap", "0.1.0",
             "UMAP: few columns in which neighbours stay neighbours, the same for any number of threads") {
  using shoal::DType;
  plugin.add<Umap, Params>("transform/umap").random().dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
