// conv_autoencoder.h: strided convolutions down to an embedding, and transposed ones back up to the image.
#ifndef SHOAL_PLUGINS_ENCODERS_CONV_AUTOENCODER_CONV_AUTOENCODER_H_
#define SHOAL_PLUGINS_ENCODERS_CONV_AUTOENCODER_CONV_AUTOENCODER_H_

#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/encoder.h"

struct ConvAutoencoderParams {
  std::vector<std::int64_t> channels = {32, 64, 128};
  std::vector<std::int64_t> kernels = {5, 5, 3};
  std::int64_t embedding = 10;

  static void describe(shoal::Schema<ConvAutoencoderParams>& schema);
  /// Throws InputError for values that do not go together.
  void check() const;
};

/// Images (C, H, W) → each convolution, of stride 2, and ReLU → flattened, linear: the embedding. Back: linear and
/// ReLU → each convolution's transpose, last to first, ReLU between them. A convolution pads by kernel/2 where both
/// sides of its input are even, which halves them, and not at all where one is odd. Each transpose gives the size that
/// its convolution took, so images of any size that is large enough come back in their own. It can be read
/// after each convolution's ReLU on the way down: `conv1`, `conv2` …
class ConvAutoencoder final : public shoal::Encoder, public shoal::Decoder, public shoal::Readouts {
 public:
  explicit ConvAutoencoder(const ConvAutoencoderParams& params) : params_(params) {}

  /// Throws InputError  examples that are no images (C, H, W), or too small for the convolutions
  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return params_.embedding; }
  at::Tensor forward(const at::Tensor& examples) override;
  std::vector<Place> readouts() const override;
  at::Tensor forward_to(std::size_t place, const at::Tensor& examples) override;
  at::Tensor decode(const at::Tensor& embedding) override;

 private:
  struct Layer {
    shoal::Conv2d down;
    shoal::ConvTranspose2d up;
    shoal::Index height, width;  // of what goes down, and comes up
    shoal::Index features;       // numbers of an example that come out below
  };
  at::Tensor down(const at::Tensor& examples, std::size_t layers);  ///< the first `layers` of them, with their ReLU

  ConvAutoencoderParams params_;
  shoal::Shape example_, inner_;  // inner_: (C, H, W) that the last convolution makes; both empty before build
  std::vector<Layer> layers_;
  shoal::Linear to_embedding_, from_embedding_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_CONV_AUTOENCODER_CONV_AUTOENCODER_H_
