#include "shoal/plugin.h"

#include "conv_autoencoder.h"

void ConvAutoencoderParams::describe(shoal::Schema<ConvAutoencoderParams>& schema) {
  schema
      .field("channels", &ConvAutoencoderParams::channels,
             "output channels of each convolution, first to last; the decoder mirrors them")
      .min(1);
  schema
      .field("kernels", &ConvAutoencoderParams::kernels,
             "height and width of each convolution's kernels; odd, as many as channels")
      .min(1);
  schema.field("embedding", &ConvAutoencoderParams::embedding, "numbers in an embedding").min(1);
}

void ConvAutoencoderParams::check() const {
  shoal::require(!channels.empty(), "'channels' names no convolution; encoder/autoencoder is one without");
  shoal::require(channels.size() == kernels.size(), "'channels' names {} convolutions, but 'kernels' {}",
                 channels.size(), kernels.size());
  for (const std::int64_t kernel : kernels)
    shoal::require(kernel % 2 == 1, "'kernels' must be odd, so that padding can be even, but one is {}", kernel);
}

SHOAL_PLUGIN("conv-autoencoder", "0.1.0", "a convolutional autoencoder over images") {
  plugin.add<ConvAutoencoder, ConvAutoencoderParams>("encoder/conv-autoencoder").random();
}
