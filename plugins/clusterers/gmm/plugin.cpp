// clusterer/gmm: a mixture of Gaussians, fitted by expectation and maximisation.
#include "shoal/plugin.h"

#include <limits>

#include "em.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;

enum class Init { kKMeans, kKMeansPlusPlus, kRandom };

struct Params {
  std::int64_t k = 1;
  CovarianceType covariance_type = CovarianceType::kFull;
  double tol = 1e-3;
  double reg_covar = 1e-6;
  std::int64_t max_iter = 100;
  std::int64_t n_init = 1;
  Init init = Init::kKMeans;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of Gaussians, and so of clusters").min(1).renamed_from({"n_components"});
    schema
        .field("covariance_type", &Params::covariance_type,
               "full: each Gaussian has a covariance matrix of its own; diag: only variances of the columns")
        .one_of({{"full", CovarianceType::kFull}, {"diag", CovarianceType::kDiag}});
    schema.field("tol", &Params::tol, "stop when the mean log-likelihood of an example changes by less than this")
        .min(0.0);
    schema.field("reg_covar", &Params::reg_covar, "added to each variance, so that no Gaussian becomes a point")
        .min(0.0);
    schema.field("max_iter", &Params::max_iter, "iterations of one start at most").min(1);
    schema.field("n_init", &Params::n_init, "starts, of which the one with the highest log-likelihood is kept").min(1);
    schema
        .field("init", &Params::init,
               "kmeans: the clusters of k-means; k-means++ or random: each example starts with the nearest of k such "
               "rows; the port 'init', when wired, gives the k points instead")
        .one_of({{"kmeans", Init::kKMeans}, {"k-means++", Init::kKMeansPlusPlus}, {"random", Init::kRandom}})
        .renamed_from({"init_params"});
  }
};

class Gmm final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit Gmm(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    shoal::kernels::require_squares_fit(context, input.features);
    if (input.init) shoal::kernels::require_squares_fit(context, *input.init, "initial points");
    const EmOptions options{.type = params_.covariance_type,
                            .tol = params_.tol,
                            .reg_covar = params_.reg_covar,
                            .max_iter = params_.max_iter};
    Fitted best;
    const Index starts = count_starts(context, input);
    for (Index start = 0; start < starts; ++start) {
      std::vector<Index> labels(static_cast<std::size_t>(n));
      const RowMatrix<double> centroids = first_clusters(context, input, weights, start, labels);
      Fitted found = fit_mixture(context, input.features, weights, labels, centroids, options);
      context.log(shoal::Level::kDebug, "start {} of {}: log-likelihood {} after {} iterations", start + 1, starts,
                  found.log_likelihood.back(), found.log_likelihood.size());
      if (start == 0 || found.log_likelihood.back() > best.log_likelihood.back()) best = std::move(found);
    }
    tell(context, best);
    shoal::Clustering out{.labels = context.copy(best.labels),
                          .centroids = context.copy(best.mixture.means),
                          .clusters = params_.k,
                          .iterations = static_cast<Index>(best.log_likelihood.size()),
                          .converged = best.converged};
    mixture_ = std::move(best.mixture);
    return out;
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (mixture_.k() == 0) throw shoal::StateError("gmm is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = mixture_.d()});
    shoal::kernels::require_squares_fit(context, features);
    const std::vector<Index> found = expect(context, features, {}, mixture_).labels;
    std::copy(found.begin(), found.end(), labels.vector<Index>().begin());
  }

  void save(shoal::StateWriter& state) const override {
    if (mixture_.k() == 0) throw shoal::StateError("gmm has no state to save before it is fitted");
    state.put("weights", shoal::ConstArray(mixture_.weights.data(), {mixture_.k()}));
    state.put("means", shoal::ConstArray(mixture_.means));
    state.put("covariances", shoal::ConstArray(mixture_.covariances));
  }

  void load(const shoal::StateReader& state) override {
    const auto weights = state.get("weights").vector<double>();
    const auto means = state.get("means").matrix<double>(), covariances = state.get("covariances").matrix<double>();
    const bool full = params_.covariance_type == CovarianceType::kFull;
    shoal::require(means.rows() == params_.k && static_cast<Index>(weights.size()) == params_.k,
                   "k is {} but the saved state has {} components", params_.k, means.rows());
    shoal::require(covariances.rows() == params_.k * (full ? means.cols() : 1) && covariances.cols() == means.cols(),
                   "the saved covariances are ({}, {}), which is not of covariance_type {}", covariances.rows(),
                   covariances.cols(), full ? "full" : "diag");
    Mixture loaded{params_.covariance_type, Eigen::Map<const Eigen::VectorXd>(weights.data(), params_.k), means,
                   covariances};
    static_cast<void>(Densities(loaded));  // throws for what is no covariance
    mixture_ = std::move(loaded);
  }

 private:
  Index count_starts(const shoal::Context& context, const shoal::FitInput& input) const {
    if (!input.init) return params_.n_init;
    if (params_.n_init > 1)
      context.log(shoal::Level::kWarning, "n_init is {}, but from given points all starts are one: it is run once",
                  params_.n_init);
    return 1;
  }

  /// Centroids, and in `labels` the nearest of them.
  RowMatrix<double> first_clusters(const shoal::Context& context, const shoal::FitInput& input,
                                   std::span<const double> weights, Index start, std::vector<Index>& labels) const {
    RowMatrix<double> points;
    if (input.init) {
      shoal::require_feature_shape(*input.init, {.cols = input.features.cols()});
      shoal::require(input.init->rows() == params_.k, "k is {} but {} initial points are given", params_.k,
                     input.init->rows());
      points = shoal::to_float64(*input.init);
    } else {
      const auto seeding =
          params_.init == Init::kRandom ? shoal::kernels::Seeding::kRandom : shoal::kernels::Seeding::kKMeansPlusPlus;
      const shoal::Random random = context.random("init").fork(static_cast<std::uint64_t>(start));
      points = shoal::kernels::take_rows(
          input.features, shoal::kernels::seed_rows(seeding, context, input.features, params_.k, random, weights));
      if (params_.init == Init::kKMeans) return run_kmeans(context, input.features, weights, std::move(points), labels);
    }
    shoal::kernels::nearest(context, input.features, shoal::ConstArray(points), shoal::MutableArray(labels));
    return points;
  }

  void tell(const shoal::Context& context, const Fitted& found) const {
    for (std::size_t i = 0; i < found.log_likelihood.size(); ++i)
      context.scalar("log_likelihood", found.log_likelihood[i], static_cast<Index>(i));
    if (!found.converged)
      context.log(shoal::Level::kWarning,
                  "not converged: the log-likelihood still changed by tol = {} or more after {} iterations (max_iter)",
                  params_.tol, params_.max_iter);
    if (const Index empty = (found.mixture.weights.array() == 0).count(); empty > 0)
      context.log(shoal::Level::kWarning, "{} of the {} components have no example", empty, params_.k);
  }

  Params params_;
  Mixture mixture_;  // no components before fit
};

}  // namespace

SHOAL_PLUGIN("gmm", "0.1.0", "Gaussian mixture by expectation-maximisation: full or diagonal covariances") {
  using shoal::DType;
  plugin.add<Gmm, Params>("clusterer/gmm")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
