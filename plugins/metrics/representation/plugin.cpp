// metric/representation: whether an embedding has collapsed, without labels.
#include "shoal/plugin.h"

#include "shoal/kernels/representation.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/matrix.h"

namespace {

struct Params {
  std::int64_t pairs = 100000;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("pairs", &Params::pairs, "random pairs of rows that uniformity is the mean over").min(1);
  }
};

class Representation final : public shoal::Metric {
 public:
  explicit Representation(const Params& params) : pairs_(params.pairs) {}

  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const shoal::ConstArray given = evidence["features"];
    shoal::require_features(given, {.min_rows = 2});
    shoal::kernels::require_squares_fit(context, given);
    const shoal::RowMatrix<double> features = shoal::to_float64(given);
    results.number("rank_me", shoal::kernels::rank_me(context, given));
    results.number("embedding_std", shoal::kernels::embedding_std(features));
    results.number("uniformity", shoal::kernels::uniformity(features, pairs_, context.random("pairs")));
    if (const auto positives = evidence.find("positives")) {
      shoal::require_features(*positives, {.min_rows = 2});
      shoal::kernels::require_squares_fit(context, *positives, "positives");
      results.number("alignment", shoal::kernels::alignment(features, shoal::to_float64(*positives)));
    }
  }

 private:
  shoal::Index pairs_;
};

}  // namespace

SHOAL_PLUGIN("representation", "0.1.0", "whether an embedding has collapsed, without labels") {
  plugin.add<Representation, Params>("metric/representation")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64})
      .in<shoal::Features>("features", "the embedding (N, D), N ≥ 2")
      .optional_in<shoal::Features>("positives", "that of another view of each example (N, D)")
      .out<shoal::Number>("rank_me", "RankMe: a smooth rank of the features, from 1 to D", SHOAL_HIGHER)
      .out<shoal::Number>("embedding_std", "deviation of normalised rows · √D; near 1: even, 0: collapsed",
                          SHOAL_HIGHER)
      .out<shoal::Number>("uniformity", "ln mean exp(−2‖x − y‖²) over pairs of normalised rows", SHOAL_LOWER)
      .out<shoal::Number>("alignment", "mean ‖x − y‖² of normalised rows and positives; only where these are wired",
                          SHOAL_LOWER);
}
