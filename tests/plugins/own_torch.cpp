// A plugin that looks as if it had LibTorch inside, and exports one more symbol.
#include "shoal/metric.h"
#include "shoal/plugin.h"

#pragma GCC visibility push(default)
extern "C" int clash() { return 1; }
extern "C" int dispatcher() asm("_ZN3c1010Dispatcher17realSingletonEv");
int dispatcher() { return 2; }
#pragma GCC visibility pop

namespace {

class Nothing final : public shoal::Metric {
 public:
  void compute(shoal::Context&, const shoal::Evidence&, shoal::Results& results) const override {
    results.number("nothing", 0);
  }
};

}  // namespace

SHOAL_PLUGIN("own-torch", "0.1.0", "with a LibTorch of its own") {
  plugin.add<Nothing>("metric/nothing", "0").out<shoal::Number>("nothing", "0");
}
