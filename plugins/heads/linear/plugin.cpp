#include "shoal/plugin.h"

#include "linear_head.h"

void LinearHeadParams::describe(shoal::Schema<LinearHeadParams>& schema) {
  schema
      .field("label_smoothing", &LinearHeadParams::label_smoothing,
             "the share of each label that is spread over all classes")
      .min(0)
      .below(1);
  schema
      .field("init_std", &LinearHeadParams::init_std,
             "standard deviation of normal initial weights, with biases of 0; left out: both uniform in ±1/√E")
      .min(0);
}

SHOAL_PLUGIN("linear-head", "0.1.0", "one linear layer with softmax and cross entropy") {
  plugin.add<LinearHead, LinearHeadParams>("head/linear").random();
}
