#include "shoal/plugin.h"

#include "mlp.h"

void MlpParams::describe(shoal::Schema<MlpParams>& schema) {
  schema.field("hidden", &MlpParams::hidden, "sizes of the layers before the embedding, first to last; may be none")
      .min(1);
  schema.field("embedding", &MlpParams::embedding, "numbers in an embedding").min(1);
  schema.field("batch_norm", &MlpParams::batch_norm, "batch normalisation before each ReLU");
}

SHOAL_PLUGIN("mlp-encoder", "0.1.0", "a multilayer perceptron over examples of any shape") {
  plugin.add<Mlp, MlpParams>("encoder/mlp").random();
}
