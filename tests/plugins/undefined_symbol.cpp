// A plugin with a function that was left out of its build.
#include "shoal/metric.h"
#include "shoal/plugin.h"

int nowhere();

namespace {
class Needs final : public shoal::Metric {
 public:
  void compute(shoal::Context&, const shoal::Evidence&, shoal::Results& results) const override {
    results.number("n", nowhere());
  }
};
}  // namespace

SHOAL_PLUGIN("undefined-symbol", "0.1.0", "needs what is nowhere") {
  plugin.add<Needs>("metric/needs").out<shoal::Number>("n", "a number");
}
