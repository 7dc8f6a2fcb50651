#include "shoal/plugin.h"

#include "vicreg.h"

void VicregParams::describe(shoal::Schema<VicregParams>& schema) {
  schema.field("invariance_weight", &VicregParams::invariance_weight, "weight of the difference between views").min(0);
  schema
      .field("variance_weight", &VicregParams::variance_weight,
             "weight of what the outputs' standard deviations lack to 1; 0 lets everything collapse")
      .min(0);
  schema
      .field("covariance_weight", &VicregParams::covariance_weight,
             "weight of the squared covariances between different outputs")
      .min(0);
}

SHOAL_PLUGIN("vicreg", "0.1.0", "views that are alike, in outputs that vary and tell different things") {
  plugin.add<Vicreg, VicregParams>("objective/vicreg");
}
