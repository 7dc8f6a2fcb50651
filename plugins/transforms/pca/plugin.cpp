// transform/pca: the directions of greatest variance.
#include "shoal/plugin.h"

#include <algorithm>
#include <cmath>

#include "gram.h"
#include "principal.h"
#include "shoal/transform.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;

enum class Solver { kAuto, kFull, kRandomized };

struct Params {
  std::int64_t components = 64;
  bool whiten = false;
  double eps = 1e-5;
  Solver solver = Solver::kAuto;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("components", &Params::components, "columns of the result; at most min(N, D)")
        .min(1)
        .renamed_from({"n_components"});
    schema.field("whiten", &Params::whiten, "scale every component to variance 1");
    schema.field("eps", &Params::eps, "in whitening, added to each variance as a share of the largest one").min(0);
    schema
        .field("solver", &Params::solver,
               "full: exact; randomized: subspace iteration; auto: full up to 2048 columns, above it randomized where "
               "components are at most a tenth of them")
        .one_of({{"auto", Solver::kAuto}, {"full", Solver::kFull}, {"randomized", Solver::kRandomized}})
        .renamed_from({"svd_solver"});
  }
};

class Pca final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit Pca(const Params& params) : params_(params) {}

  void fit(shoal::Context& context, shoal::ConstArray features) override {
    const Index n = features.rows(), d = features.cols(), k = params_.components;
    shoal::require_features(features, {.min_rows = 2});
    shoal::require(k <= std::min(n, d),
                   "'components' must be at most {}, the lesser of {} examples and {} columns, but is {}",
                   std::min(n, d), n, d, k);
    Eigen::RowVectorXd mean;
    Eigen::MatrixXd covariance;
    visit_matrix(features, [&](const auto& x) {
      mean = column_means(context, x);
      covariance = centred_gram(context, x, mean) / static_cast<double>(n - 1);
    });
    const bool randomized =
        params_.solver == Solver::kRandomized || (params_.solver == Solver::kAuto && d > 2048 && 10 * k <= d);
    Principal found =
        randomized ? principal_randomized(covariance, k, context.random("pca")) : principal_full(covariance, k);
    shoal::require(!params_.whiten || found.variances[k - 1] + params_.eps * found.variances[0] > 0,
                   "component {} has no variance: it cannot be whitened with eps {}", k - 1, params_.eps);
    const double total = covariance.trace();
    context.log(shoal::Level::kInfo, "pca: solver {}, {} of {} components hold {} of the variance",
                randomized ? "randomized" : "full", k, d, total > 0 ? found.variances.sum() / total : 1.0);
    mean_ = std::move(mean);
    principal_ = std::move(found);
    prepare();
  }

  Index columns(Index in) const override {
    shoal::require(params_.components <= in, "'components' must be at most {}, the number of columns, but is {}", in,
                   params_.components);
    return params_.components;
  }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    if (mean_.size() == 0) throw shoal::StateError("pca is applied before it is fitted");
    shoal::require_features(features, {.cols = mean_.size()});
    visit_matrix(features, [&](const auto& x) {
      using Scalar = typename std::decay_t<decltype(x)>::Scalar;
      if constexpr (std::is_same_v<Scalar, double>) project(context, x, projection_, out.matrix<double>());
      else project(context, x, projection32_, out.matrix<float>());
    });
  }

  void save(shoal::StateWriter& state) const override {
    state.put("mean", shoal::ConstArray(mean_.data(), {mean_.size()}));
    state.put("variances", shoal::ConstArray(principal_.variances.data(), {principal_.variances.size()}));
    state.put("components", shoal::ConstArray(RowMatrix<double>(principal_.components)));
  }

  void load(const shoal::StateReader& state) override {
    const auto mean = state.get("mean").vector<double>();
    const auto variances = state.get("variances").vector<double>();
    const auto components = state.get("components").matrix<double>();
    const auto d = static_cast<Index>(mean.size()), k = static_cast<Index>(variances.size());
    shoal::require(k == params_.components || d == 0, "the saved state has {} components, but 'components' is {}", k,
                   params_.components);
    shoal::require(components.rows() == d && components.cols() == k, "the saved components are ({}, {}), not ({}, {})",
                   components.rows(), components.cols(), d, k);
    mean_ = Eigen::Map<const Eigen::RowVectorXd>(mean.data(), d);
    principal_ = {Eigen::Map<const Eigen::VectorXd>(variances.data(), k), components};
    prepare();
  }

 private:
  /// What apply multiplies with: components, scaled where they are to be whitened.
  void prepare() {
    projection_ = principal_.components;
    if (params_.whiten && projection_.size() > 0) {
      const double floor = params_.eps * principal_.variances[0];
      projection_ *= (principal_.variances.array() + floor).rsqrt().matrix().asDiagonal();
    }
    projection32_ = projection_.cast<float>();
  }

  template <typename Points, typename Number>
  void project(shoal::Context& context, const Points& x, const RowMatrix<Number>& by,
               shoal::MutableMatrix<Number> out) const {
    context.parallel_for(x.rows(), 256, [&](Index from, Index to) {
      const RowMatrix<Number> centred =
          (x.middleRows(from, to - from).template cast<double>().rowwise() - mean_).template cast<Number>();
      out.middleRows(from, to - from).noalias() = centred * by;
    });
  }

  Params params_;
  Eigen::RowVectorXd mean_;  // (D); empty before fit
  Principal principal_;
  RowMatrix<double> projection_;  // (D, k)
  RowMatrix<float> projection32_;
};

}  // namespace

SHOAL_PLUGIN("pca", "0.1.0", "principal component analysis, with whitening") {
  plugin.add<Pca, Params>("transform/pca")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
