// metric/representation: whether an embedding has collapsed, without labels.
#include "shoal/plugin.h"

#include "representation.h"
#include "shoal/kernels/rank_me.h"

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
    const shoal::RowMatrix<double> features = shoal::to_float64(given);
    results.number("rank_me", shoal::kernels::rank_me(context, given));
    results.number("embedding_std", embedding_std(features));
    results.number("uniformity", uniformity(features, pairs_, context.random("pairs")));
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
      .out<shoal::Number>("rank_me", "RankMe: a smooth rank of the features, from 1 to D", SHOAL_HIGHER)
      .out<shoal::Number>("embedding_std", "deviation of normalised rows · √D; near 1: even, 0: collapsed",
                          SHOAL_HIGHER)
      .out<shoal::Number>("uniformity", "ln mean exp(−2‖x − y‖²) over pairs of normalised rows", SHOAL_LOWER);
}
