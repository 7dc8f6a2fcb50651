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

/// Flattened examples → for each hidden size, and then for the embedding: linear → [batch norm] → ReLU.
class Mlp final : public shoal::Encoder {
 public:
  explicit Mlp(const MlpParams& params) : params_(params) {}

  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return params_.embedding; }
  at::Tensor forward(const at::Tensor& examples) override;

 private:
  struct Layer {
    shoal::Linear linear;
    std::optional<shoal::BatchNorm> norm;
  };

  MlpParams params_;
  shoal::Shape example_;  // empty before build
  std::vector<Layer> layers_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_MLP_MLP_H_
