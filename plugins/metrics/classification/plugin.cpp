// metric/classification: how often predictions are the true classes.
#include "shoal/plugin.h"

#include "confusion.h"
#include "shoal/kernels/agreement.h"

namespace {

class Classification final : public shoal::Metric {
 public:
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const auto labels = evidence.labels("labels");
    const auto predicted = evidence.labels("predicted");
    const shoal::RowMatrix<std::int64_t> table = confusion(shoal::kernels::contingency(labels, predicted));
    results.number("accuracy", shoal::kernels::accuracy(labels, predicted));
    results.array("confusion", context.copy(table));
  }
};

}  // namespace

SHOAL_PLUGIN("classification", "0.1.0", "accuracy and confusion of predicted classes") {
  plugin.add<Classification>("metric/classification")
      .in<shoal::Labels>("labels", "true classes (N)")
      .in<shoal::Labels>("predicted", "predicted classes (N)")
      .out<shoal::Number>("accuracy", "share of examples whose prediction is their class", SHOAL_HIGHER)
      .out<shoal::AnyArray>("confusion", "(C, C) int64: how often class r (row) was predicted as class c (column)");
}
