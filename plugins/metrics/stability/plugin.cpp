// metric/stability: how far several labellings of the same examples agree with each other.
#include "shoal/plugin.h"

#include <algorithm>
#include <limits>

#include "shoal/kernels/agreement.h"
#include "shoal/matrix.h"

namespace {

namespace kernels = shoal::kernels;
using shoal::Index;

/// Mean and least of numbers that are added one by one.
class MeanAndLeast {
 public:
  void add(double value) {
    sum_ += value;
    least_ = std::min(least_, value);
    ++count_;
  }
  double mean() const { return sum_ / count_; }
  double least() const { return least_; }

 private:
  double sum_ = 0, least_ = std::numeric_limits<double>::infinity(), count_ = 0;
};

class Stability final : public shoal::Metric {
 public:
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const auto runs = evidence["labels"].matrix<std::int64_t>();
    shoal::require(runs.rows() >= 2, "needs at least 2 labellings to compare, but there is {}", runs.rows());
    const Index pairs = runs.rows() * (runs.rows() - 1) / 2;
    Index done = 0;
    MeanAndLeast ari, nmi;
    shoal::RowMatrix<double> table = shoal::RowMatrix<double>::Identity(runs.rows(), runs.rows());
    const auto labels = [&](Index run) {
      return std::span(runs.row(run).data(), static_cast<std::size_t>(runs.cols()));
    };
    for (Index a = 0; a < runs.rows(); ++a) {
      for (Index b = a + 1; b < runs.rows(); ++b) {
        context.progress(done++, pairs, "pairs");
        const kernels::Contingency met = kernels::contingency(labels(a), labels(b));
        table(a, b) = table(b, a) = kernels::ari(met);
        ari.add(table(a, b));
        nmi.add(kernels::nmi(met));
      }
    }
    results.number("ari", ari.mean());
    results.number("ari_min", ari.least());
    results.number("nmi", nmi.mean());
    results.number("nmi_min", nmi.least());
    results.array("pairs", context.copy(table));
  }
};

}  // namespace

SHOAL_PLUGIN("stability", "0.1.0", "how far several labellings of the same examples agree") {
  plugin.add<Stability>("metric/stability")
      .list_in<shoal::Labels>("labels", "two or more labellings (N) of the same examples; −1 is noise")
      .out<shoal::Number>("ari", "adjusted Rand index, mean over pairs of labellings", SHOAL_HIGHER)
      .out<shoal::Number>("ari_min", "the same of the pair that agrees least", SHOAL_HIGHER)
      .out<shoal::Number>("nmi", "normalised mutual information, mean over pairs", SHOAL_HIGHER)
      .out<shoal::Number>("nmi_min", "the same of the pair that agrees least", SHOAL_HIGHER)
      .out<shoal::AnyArray>("pairs", "(R, R) float64: the adjusted Rand index of each with each");
}
