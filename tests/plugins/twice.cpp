// A plugin that offers two components under one name.
#include "shoal/metric.h"
#include "shoal/plugin.h"

namespace {
template <int kNumber>
class Nothing final : public shoal::Metric {
 public:
  void compute(shoal::Context&, const shoal::Evidence&, shoal::Results&) const override {}
};
}  // namespace

SHOAL_PLUGIN("twice", "0.1.0", "one name for two components") {
  plugin.add<Nothing<0>>("metric/same");
  plugin.add<Nothing<1>>("metric/same");
}
