// shoal/torch/encoder.h: the kind "encoder". Torch tier.
#ifndef SHOAL_TORCH_ENCODER_H_
#define SHOAL_TORCH_ENCODER_H_

#include <ATen/core/Tensor.h>

#include "shoal/component.h"
#include "shoal/torch/bridge.h"
#include "shoal/torch/module.h"
#include "shoal/torch/readouts.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A trainable map from examples to embeddings. One that can go back derives from Decoder too, one that can be read on
/// the way from Readouts.
///
/// Order    build once, then forward as often as wanted.
/// Threads  one thread at a time; LibTorch uses its own pool inside.
/// Purity   forward changes nothing but, in training, running statistics.
class Encoder : public Component, public Module {
 public:
  static constexpr const char* kKind = "encoder";

  /// Makes and registers the parameters for examples of this shape, (1, 28, 28) say, at random from context.random(…):
  /// the same context gives the same parameters.
  /// Throws InputError  a shape that it cannot take: what it needs, and what it got
  virtual void build(Context& context, const Shape& example) = 0;

  /// E, the numbers in an embedding; known after build.
  virtual Index embedding_size() const = 0;

  /// (B, shape…) float32, images in [0, 1] → (B, E) float32, on the device of the parameters.
  virtual at::Tensor forward(const at::Tensor& examples) = 0;

  using Interfaces = InterfaceList<Encoder, class Decoder, Readouts>;
};

/// An encoder that also goes back: an autoencoder. Deriving from this *is* the trait `decoder`; its parameters are
/// registered with the encoder's own, so that they are copied, saved and trained with them. A trainer asks for it by
/// `.in<Encoder, Decoder>("encoder", …)`.
///
/// Threads and purity are as of Encoder.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// (B, E) → (B, shape…) float32, the shape of the examples that it was built for; no bounds on the numbers.
  virtual at::Tensor decode(const at::Tensor& embedding) = 0;
};

/// The decoder of an encoder that has one; the same object, valid as long as it.
/// Throws Unsupported  it has none
inline Decoder& decoder_of(Encoder& encoder) {
  auto* decoder = dynamic_cast<Decoder*>(&encoder);
  if (decoder == nullptr)
    throw Unsupported("the encoder cannot decode; encoder/autoencoder and encoder/conv-autoencoder can");
  return *decoder;
}

namespace detail {
template <>
struct Bridge<Decoder> : TorchBridge<Decoder> {
  static constexpr const char* kId = "torch.decoder/1";
};
template <>
struct Bridge<Encoder> : TorchBridge<Encoder> {
  static constexpr const char* kId = "torch.encoder/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_ENCODER_H_
