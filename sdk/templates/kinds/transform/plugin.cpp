// transform/@name@: every column scaled to one range.
#include "shoal/plugin.h"

#include <algorithm>
#include <limits>
#include <vector>

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
    const auto columns = static_cast<std::size_t>(features.cols());
    least_.assign(columns, std::numeric_limits<double>::infinity());
    greatest_.assign(columns, -std::numeric_limits<double>::infinity());
    shoal::visit_rows(features, [&](const auto& x) {
      for (shoal::Index i = 0; i < x.rows(); ++i) {
        for (std::size_t c = 0; c < columns; ++c) {
          least_[c] = std::min(least_[c], static_cast<double>(x[i][c]));
          greatest_[c] = std::max(greatest_[c], static_cast<double>(x[i][c]));
        }
      }
    });
  }

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    if (least_.empty()) throw shoal::StateError("apply before fit");
    shoal::require_features(context, features, {.cols = static_cast<shoal::Index>(least_.size())});
    shoal::visit_rows(features, [&](const auto& x) {
      if (out.dtype() == shoal::DType::kFloat64) scale(context, x, out.row_spans<double>());
      else scale(context, x, out.row_spans<float>());
    });
  }

  void save(shoal::StateWriter& state) const override {
    state.put("least", shoal::ConstArray(least_));
    state.put("greatest", shoal::ConstArray(greatest_));
  }
  void load(const shoal::StateReader& state) override {
    const auto least = state.get("least").vector<double>(), greatest = state.get("greatest").vector<double>();
    shoal::require(least.size() == greatest.size(), "the saved state has {} least numbers, but {} greatest ones",
                   least.size(), greatest.size());
    least_.assign(least.begin(), least.end());
    greatest_.assign(greatest.begin(), greatest.end());
  }

 private:
  template <typename From, typename To>
  void scale(const shoal::Context& context, const From& x, const To& out) const {
    context.parallel_for(x.rows(), 1024, [&](shoal::Index from, shoal::Index to) {
      for (shoal::Index i = from; i < to; ++i) {
        for (std::size_t c = 0; c < least_.size(); ++c) {
          const double range = greatest_[c] - least_[c];
          const double share = range > 0 ? (static_cast<double>(x[i][c]) - least_[c]) / range : 0;
          out[i][c] = static_cast<typename To::value_type>(params_.low + share * (params_.high - params_.low));
        }
      }
    });
  }

  Params params_;
  std::vector<double> least_, greatest_;  // (D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "every column scaled to one range") {
  plugin.add<@class@, Params>("transform/@name@")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
