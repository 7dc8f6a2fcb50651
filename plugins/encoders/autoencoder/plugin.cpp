#include "shoal/plugin.h"

#include "autoencoder.h"

void AutoencoderParams::describe(shoal::Schema<AutoencoderParams>& schema) {
  schema
      .field("hidden", &AutoencoderParams::hidden,
             "sizes of the layers before the embedding, first to last, and in reverse after it; may be none")
      .min(1);
  schema.field("embedding", &AutoencoderParams::embedding, "numbers in an embedding").min(1);
}

SHOAL_PLUGIN("autoencoder", "0.1.0", "a fully connected autoencoder over examples of any shape") {
  plugin.add<Autoencoder, AutoencoderParams>("encoder/autoencoder").random();
}
