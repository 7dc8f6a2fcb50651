// encoder/@name@: embeddings on the unit sphere.
#include "shoal/plugin.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/relu.h>

#include "shoal/torch/encoder.h"

namespace {

struct Params {
  std::int64_t hidden = 128;
  std::int64_t embedding = 32;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("hidden", &Params::hidden, "size of the hidden layer").min(1);
    schema.field("embedding", &Params::embedding, "numbers in an embedding").min(1);
  }
};

/// Examples, flattened → linear → ReLU → linear → divided by their length, so that distances are cosines.
class @class@ final : public shoal::Encoder {
 public:
  explicit @class@(const Params& params) : params_(params) {}

  void build(shoal::Context& context, const shoal::Shape& example) override {
    example_ = example;
    shoal::Index size = 1;
    for (const shoal::Index n : example) size *= n;
    first_ = shoal::add_linear(*this, "first", size, params_.hidden, context.random("first"));
    second_ = shoal::add_linear(*this, "second", params_.hidden, params_.embedding, context.random("second"));
  }

  shoal::Index embedding_size() const override { return params_.embedding; }

  at::Tensor forward(const at::Tensor& examples) override {
    const shoal::Shape got = examples.sizes().vec();
    shoal::require(!got.empty() && shoal::Shape(got.begin() + 1, got.end()) == example_,
                   "expected examples of shape {}, got a batch {}", shoal::to_string(example_), shoal::to_string(got));
    const at::Tensor out = second_(at::relu(first_(examples.flatten(1))));
    return out / out.norm(2, /*dim=*/1, /*keepdim=*/true).clamp_min(1e-12);
  }

 private:
  Params params_;
  shoal::Shape example_;  // empty before build
  shoal::Linear first_, second_;
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "a hidden layer, and embeddings on the unit sphere") {
  plugin.add<@class@, Params>("encoder/@name@").random();
}
