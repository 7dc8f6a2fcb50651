// transform/@name@: every column scaled to one range.
#include "shoal/plugin.h"

#include "shoal/transform.h"

namespace {

struct Params {
  double low = 0;
  double high = 1;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("low", &Params::low, "what the least number of a column becomes");
    schema.field("high", &Params::high, "what the greatest becomes");
  }
  void check() const {
    shoal::require(low < high, "'low' must be less than 'high', but they are {} and {}", low, high);
  }
};

/// The least and the greatest number of every column are learnt; then each column is moved and stretched from there to
/// [low, high]. A column of one value becomes `low`. What is applied to others than it was fitted to may lie outside.
class @class@ final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit @class@(const Params& params) : params_(params) {}

  void fit(shoal::Context& context, shoal::ConstArray features) override {
    shoal::require_features(context, features);
    shoal::visit_matrix(features, [&](const auto& x) {
      least_ = x.colwise().minCoeff().template cast<double>();
      greatest_ = x.colwise().maxCoeff().template cast<double>();
    });
  }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    if (least_.size() == 0) throw shoal::StateError("apply before fit");
    shoal::require_features(context, features, {.cols = least_.cols()});
    shoal::visit_matrix(features, [&](const auto& x) {
      if (out.dtype() == shoal::DType::kFloat64) scale(context, x, out.matrix<double>());
      else scale(context, x, out.matrix<float>());
    });
  }

  void save(shoal::StateWriter& state) const override {
    state.put("least", shoal::ConstArray(least_));
    state.put("greatest", shoal::ConstArray(greatest_));
  }
  void load(const shoal::StateReader& state) override {
    const shoal::RowMatrix<double> least = state.get("least").matrix<double>();
    greatest_ = state.get("greatest").matrix<double>();
    least_ = least;
  }

 private:
  template <typename From, typename To>
  void scale(const shoal::Context& context, const From& x, To out) const {
    context.parallel_for(x.rows(), 1024, [&](shoal::Index from, shoal::Index to) {
      for (shoal::Index i = from; i < to; ++i) {
        for (Eigen::Index c = 0; c < x.cols(); ++c) {
          const double range = greatest_(0, c) - least_(0, c);
          const double share = range > 0 ? (static_cast<double>(x(i, c)) - least_(0, c)) / range : 0;
          out(i, c) = static_cast<typename To::Scalar>(params_.low + share * (params_.high - params_.low));
        }
      }
    });
  }

  Params params_;
  shoal::RowMatrix<double> least_, greatest_;  // (1, D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "every column scaled to one range") {
  plugin.add<@class@, Params>("transform/@name@")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
