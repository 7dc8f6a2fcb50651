// A plugin that is built twice, with another factor each time: as its author builds it, changes it and builds it again.
#include "shoal/matrix.h"
#include "shoal/plugin.h"
#include "shoal/transform.h"

namespace {

class Scale final : public shoal::Transform {
 public:
  void apply(shoal::Context&, shoal::ConstArray features, shoal::MutableArray out) const override {
    out.matrix<double>() = SHOAL_TEST_FACTOR * features.matrix<double>();
  }
};

}  // namespace

SHOAL_PLUGIN("scale", "0.1.0", "multiplies") { plugin.add<Scale>("transform/scale").dtypes({shoal::DType::kFloat64}); }
