// dataset/@name@: spirals that wind around each other.
#include "shoal/plugin.h"

#include <cmath>
#include <numbers>
#include <span>
#include <string>

#include "shoal/dataset.h"

namespace {

struct Params {
  std::int64_t examples = 1000;
  std::int64_t arms = 2;
  double turns = 1.5;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("examples", &Params::examples, "number of points").min(1);
    schema.field("arms", &Params::arms, "number of spirals, and so of classes").min(1).max(8);
    schema.field("turns", &Params::turns, "how often a spiral goes around the centre").above(0);
  }
  void check() const { shoal::require(arms <= examples, "{} examples cannot have {} classes", examples, arms); }
};

/// Points (x, y) float64 on Archimedean spirals of radius 1/4 … 1, evenly along the angle. Example i is of arm i mod
/// `arms`, and arms are turned against each other by equal angles. Classes that no straight line parts, and no k-means.
class @class@ final : public shoal::Dataset {
 public:
  explicit @class@(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context&) override {
    shoal::DatasetInfo info{.count = params_.examples, .shape = {2}, .dtype = shoal::DType::kFloat64, .labelled = true};
    for (std::int64_t arm = 0; arm < params_.arms; ++arm) info.class_names.push_back("arm " + std::to_string(arm));
    return info;
  }

  void read(shoal::Context&, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    for (std::size_t row = 0; row < which.size(); ++row) {
      const std::int64_t arm = which[row] % params_.arms;
      if (labels) labels->vector<std::int64_t>()[row] = arm;
      if (examples)
        write(which[row] / params_.arms, arm, examples->row_spans<double>()[static_cast<shoal::Index>(row)]);
    }
  }

 private:
  /// Point number `step` of an arm, as x and y to `out`.
  void write(std::int64_t step, std::int64_t arm, std::span<double> out) const {
    const std::int64_t steps = (params_.examples + params_.arms - 1) / params_.arms;  // of the longest arm
    const double share = (static_cast<double>(step) + 1) / static_cast<double>(steps);
    const double start = static_cast<double>(arm) / static_cast<double>(params_.arms);
    const double angle = 2 * std::numbers::pi * (params_.turns * share + start);
    const double radius = 0.25 + 0.75 * share;  // in the middle the arms would meet
    out[0] = radius * std::cos(angle);
    out[1] = radius * std::sin(angle);
  }

  Params params_;
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "spirals that wind around each other") {
  plugin.add<@class@, Params>("dataset/@name@");
}
