// clusterer/mean-shift: clusters are what climbs to one peak of density.
#include "shoal/plugin.h"

#include <algorithm>
#include <limits>

#include "bandwidth.h"
#include "mean_shift.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

struct Params {
  std::optional<double> bandwidth, quantile;
  std::optional<std::int64_t> n_samples;
  bool bin_seeding = false;
  std::optional<std::int64_t> min_bin_freq;
  bool cluster_all = true;
  std::int64_t max_iter = 300;

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("bandwidth", &Params::bandwidth,
               "examples this near to a place draw it; left out: estimated from the distances of examples")
        .above(0.0);
    schema
        .field("quantile", &Params::quantile,
               "an estimated bandwidth is the distance to so large a share of all examples, in the mean; left out: 0.3")
        .min(0.0)
        .max(1.0);
    schema
        .field("n_samples", &Params::n_samples,
               "examples, drawn at random, that the bandwidth is estimated from; left out: all")
        .min(1);
    schema.field("bin_seeding", &Params::bin_seeding,
                 "start from the crossings of a grid as wide as the bandwidth, instead of from every example");
    schema
        .field("min_bin_freq", &Params::min_bin_freq,
               "examples near a crossing without which none starts there; left out: 1")
        .min(1);
    schema.field("cluster_all", &Params::cluster_all,
                 "examples beyond the bandwidth of all centroids go to the nearest; false: they are noise");
    schema.field("max_iter", &Params::max_iter, "shifts of one start at most").min(0);
  }

  void check() const {
    shoal::require(
        !bandwidth || (!quantile && !n_samples),
        "quantile and n_samples are for estimating the bandwidth, but it is given: leave out one or the other");
    shoal::require(bin_seeding || !min_bin_freq, "min_bin_freq is for bin_seeding: true");
  }
};

class MeanShiftClusterer final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit MeanShiftClusterer(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    shoal::kernels::require_squares_fit(context, input.features);
    const double bandwidth = params_.bandwidth ? *params_.bandwidth : estimate(context, input.features);
    MeanShift found =
        mean_shift(context, input.features, seeds(context, input.features, bandwidth), bandwidth, params_.max_iter);
    context.log(shoal::Level::kInfo, "{} clusters; bandwidth {}, {} shifts at most", found.centers.rows(), bandwidth,
                found.iterations);
    context.scalar("bandwidth", bandwidth, found.iterations);
    shoal::Clustering out{.labels = context.allocate<Index>({input.features.rows()}),
                          .centroids = context.copy(found.centers),
                          .clusters = found.centers.rows(),
                          .iterations = found.iterations,
                          .converged = found.converged};
    label(context, input.features, found.centers, bandwidth, out.labels.mutable_view());
    centroids_ = std::move(found.centers);
    bandwidth_ = bandwidth;
    return out;
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    if (centroids_.rows() == 0) throw shoal::StateError("mean-shift is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    label(context, features, centroids_, bandwidth_, labels);
  }

  void save(shoal::StateWriter& state) const override {
    if (centroids_.rows() == 0) throw shoal::StateError("mean-shift has no state to save before it is fitted");
    state.put("centroids", ConstArray(centroids_));
    state.put("bandwidth", ConstArray(&bandwidth_, {1}));
  }

  void load(const shoal::StateReader& state) override {
    const auto centroids = state.get("centroids").matrix<double>();
    const auto bandwidth = state.get("bandwidth").vector<double>();
    shoal::require_features(state.get("centroids"));
    shoal::require(bandwidth.size() == 1 && bandwidth[0] > 0, "the saved state has no bandwidth above 0");
    centroids_ = centroids;
    bandwidth_ = bandwidth[0];
  }

 private:
  double estimate(const shoal::Context& context, ConstArray features) const {
    const Index n = features.rows(), samples = params_.n_samples.value_or(n);
    shoal::require(samples <= n, "n_samples is {} but there are only {} examples", samples, n);
    const double quantile = params_.quantile.value_or(0.3);
    const double found = estimate_bandwidth(
        context,
        samples == n
            ? shoal::to_float64(features)
            : shoal::kernels::take_rows(features, shoal::kernels::random_rows(n, samples, context.random("bandwidth"))),
        quantile);
    shoal::require(
        found > 0,
        "the bandwidth estimated from {} examples with quantile = {} is 0: take a larger quantile, or give a "
        "bandwidth",
        samples, quantile);
    return found;
  }

  RowMatrix<double> seeds(const shoal::Context& context, ConstArray features, double bandwidth) const {
    if (!params_.bin_seeding) return shoal::to_float64(features);
    const Index least = params_.min_bin_freq.value_or(1);
    RowMatrix<double> out = bin_seeds(features, bandwidth, least);
    shoal::require(out.rows() > 0, "no crossing of the grid has {} examples near it: take a smaller min_bin_freq",
                   least);
    if (out.rows() == features.rows())
      context.log(shoal::Level::kWarning,
                  "each example is alone at its crossing of a grid {} wide: bin_seeding spares nothing", bandwidth);
    return out;
  }

  void label(const shoal::Context& context, ConstArray features, const RowMatrix<double>& centroids, double bandwidth,
             shoal::MutableArray labels) const {
    if (params_.cluster_all) return shoal::kernels::nearest(context, features, ConstArray(centroids), labels);
    const auto out = labels.vector<Index>();
    std::vector<double> squares(out.size());
    shoal::kernels::nearest(context, features, ConstArray(centroids), labels, squares);
    for (std::size_t i = 0; i < out.size(); ++i)
      if (squares[i] > bandwidth * bandwidth) out[i] = -1;
  }

  Params params_;
  RowMatrix<double> centroids_;  // (K, D); empty before fit
  double bandwidth_ = 0;
};

}  // namespace

SHOAL_PLUGIN("mean-shift", "0.1.0", "mean shift: examples that climb to the same peak of density are a cluster") {
  using shoal::DType;
  plugin.add<MeanShiftClusterer, Params>("clusterer/mean-shift")
      .random()
      .noise()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
