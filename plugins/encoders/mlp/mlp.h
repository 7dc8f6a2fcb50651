// mlp.h: a multilayer perceptron over examples of any shape.
#ifndef SHOAL_PLUGINS_ENCODERS_MLP_MLP_H_
#define SHOAL_PLUGINS_ENCODERS_MLP_MLP_H_

#include <optional>
#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/encoder.h"

struct MlpParams {
  std::vector<std::int64_t> hidden = {};
  std::int64_t embedding = 128;
  bool batch_norm = false;

  static void describe(shoal::Schema<MlpParams>& schema);
};

/// Flattened examples → for each hidden size, and then for the embedding: linear → [batch norm] → ReLU. It can be
/// read after each hidden one: `hidden1`, `hidden2` …
class Mlp final : public shoal::Encoder, public shoal::Readouts {
 public:
  explicit Mlp(const MlpParams& params) : params_(params) {}

  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return params_.embedding; }
  at::Tensor forward(const at::Tensor& examples) override;
  std::vector<Place> readouts() const override;
  at::Tensor forward_to(std::size_t place, const at::Tensor& examples) override;

 private:
  struct Layer {
    shoal::Linear linear;
    std::optional<shoal::BatchNorm> norm;
  };
  at::Tensor pass(const at::Tensor& examples, std::size_t layers);  ///< the first `layers` of them

  MlpParams params_;
  shoal::Shape example_;  // empty before build
  std::vector<Layer> layers_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_MLP_MLP_H_
