// metric/trustworthiness: whether neighbours in an embedding are neighbours in the features too.
#include "shoal/plugin.h"

#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/trustworthiness.h"

namespace {

struct Params {
  std::int64_t n_neighbors = 5;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("n_neighbors", &Params::n_neighbors, "neighbours of each example that are looked at; below N/2")
        .min(1);
  }
};

class Trustworthiness final : public shoal::Metric {
 public:
  explicit Trustworthiness(const Params& params) : n_neighbors_(params.n_neighbors) {}

  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const shoal::ConstArray features = evidence["features"], embedding = evidence["embedding"];
    shoal::require_features(context, features);
    shoal::require_features(context, embedding);
    shoal::kernels::require_squares_fit(context, features);
    shoal::kernels::require_squares_fit(context, embedding, "embeddings");
    results.number("trustworthiness", shoal::kernels::trustworthiness(context, features, embedding, n_neighbors_));
  }

 private:
  shoal::Index n_neighbors_;
};

}  // namespace

SHOAL_PLUGIN("trustworthiness", "0.1.0", "whether neighbours in an embedding are neighbours in the features too") {
  using shoal::DType;
  plugin.add<Trustworthiness, Params>("metric/trustworthiness")
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8})
      .in<shoal::Features>("features", "what was embedded (N, D)")
      .in<shoal::Features>("embedding", "the same examples embedded (N, E)")
      .out<shoal::Number>("trustworthiness", "1: embedded neighbours are true neighbours; about 0.5: chance",
                          SHOAL_HIGHER);
}
