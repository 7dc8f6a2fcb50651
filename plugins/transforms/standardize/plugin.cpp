// transform/standardize: every column with mean 0 and standard deviation 1.
#include "shoal/plugin.h"

#include "moments.h"
#include "shoal/transform.h"

namespace {

struct Params {
  bool with_mean = true;
  bool with_std = true;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("with_mean", &Params::with_mean, "subtract each column's mean");
    schema.field("with_std", &Params::with_std, "divide by each column's standard deviation");
  }
};

class Standardize final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit Standardize(const Params& params) : params_(params) {}

  void fit(shoal::Context& context, shoal::ConstArray features) override {
    shoal::require_features(features);
    moments_ = visit_matrix(features, [&](const auto& x) { return moments(context, x); });
    if (!params_.with_mean) moments_.mean.setZero();
    if (!params_.with_std) moments_.scale.setOnes();
  }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    if (moments_.mean.size() == 0) throw shoal::StateError("standardize is applied before it is fitted");
    shoal::require_features(features, {.cols = moments_.mean.size()});
    visit_matrix(features, [&](const auto& x) {
      using Scalar = typename std::decay_t<decltype(x)>::Scalar;
      using Result = std::conditional_t<std::is_same_v<Scalar, double>, double, float>;
      auto to = out.matrix<Result>();
      context.parallel_for(x.rows(), 1024, [&](shoal::Index from, shoal::Index end) {
        for (shoal::Index i = from; i < end; ++i)
          to.row(i) =
              (x.row(i).template cast<double>() - moments_.mean).cwiseQuotient(moments_.scale).template cast<Result>();
      });
    });
  }

  void save(shoal::StateWriter& state) const override {
    state.put("mean", shoal::ConstArray(moments_.mean.data(), {moments_.mean.size()}));
    state.put("scale", shoal::ConstArray(moments_.scale.data(), {moments_.scale.size()}));
  }

  void load(const shoal::StateReader& state) override {
    const auto mean = state.get("mean").vector<double>(), scale = state.get("scale").vector<double>();
    shoal::require(mean.size() == scale.size(), "the saved state has {} means, but {} scales", mean.size(),
                   scale.size());
    const auto d = static_cast<Eigen::Index>(mean.size());
    moments_ = {Eigen::Map<const Eigen::RowVectorXd>(mean.data(), d),
                Eigen::Map<const Eigen::RowVectorXd>(scale.data(), d)};
  }

 private:
  Params params_;
  Moments moments_;  // empty before fit
};

}  // namespace

SHOAL_PLUGIN("standardize", "0.1.0", "columns with mean 0 and standard deviation 1") {
  plugin.add<Standardize, Params>("transform/standardize")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
