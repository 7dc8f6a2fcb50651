// autoencoder.h: a multilayer perceptron down to an embedding, and its mirror image back up.
#ifndef SHOAL_PLUGINS_ENCODERS_AUTOENCODER_AUTOENCODER_H_
#define SHOAL_PLUGINS_ENCODERS_AUTOENCODER_AUTOENCODER_H_

#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/encoder.h"

struct AutoencoderParams {
  std::vector<std::int64_t> hidden = {500, 500, 2000};
  std::int64_t embedding = 10;

  static void describe(shoal::Schema<AutoencoderParams>& schema);
};

/// Flattened examples → linear and ReLU for each hidden size → linear: the embedding. Back: linear and ReLU for each
/// hidden size, last to first → linear, in the shape of the examples. Without hidden layers both ways are linear. It
/// can be read after each hidden layer of the way down: `hidden1`, `hidden2` …
class Autoencoder final : public shoal::Encoder, public shoal::Decoder, public shoal::Readouts {
 public:
  explicit Autoencoder(const AutoencoderParams& params) : params_(params) {}

  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return params_.embedding; }
  at::Tensor forward(const at::Tensor& examples) override;
  std::vector<Place> readouts() const override;
  at::Tensor forward_to(std::size_t place, const at::Tensor& examples) override;
  at::Tensor decode(const at::Tensor& embedding) override;

 private:
  at::Tensor flat(const at::Tensor& examples) const;  ///< (B, D); throws InputError for other shapes

  AutoencoderParams params_;
  shoal::Shape example_;  // empty before build
  std::vector<shoal::Linear> down_, up_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_AUTOENCODER_AUTOENCODER_H_
