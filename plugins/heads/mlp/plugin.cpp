#include "shoal/plugin.h"

#include "mlp_head.h"

void MlpHeadParams::describe(shoal::Schema<MlpHeadParams>& schema) {
  schema.field("hidden", &MlpHeadParams::hidden, "sizes of the layers before the logits, first to last; may be none")
      .min(1);
  schema.field("batch_norm", &MlpHeadParams::batch_norm,
               "batch norm after each hidden layer, before its ReLU: what a projector wants");
  schema
      .field("label_smoothing", &MlpHeadParams::label_smoothing,
             "the share of each label that is spread over all classes")
      .min(0)
      .below(1);
}

SHOAL_PLUGIN("mlp-head", "0.1.0", "a multilayer perceptron with softmax and cross entropy") {
  plugin.add<MlpHead, MlpHeadParams>("head/mlp").random();
}
