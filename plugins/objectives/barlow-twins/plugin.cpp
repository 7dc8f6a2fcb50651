#include "shoal/plugin.h"

#include "barlow_twins.h"

void BarlowTwinsParams::describe(shoal::Schema<BarlowTwinsParams>& schema) {
  schema
      .field("redundancy_weight", &BarlowTwinsParams::redundancy_weight,
             "weight of the squared correlations between different outputs")
      .min(0);
}

SHOAL_PLUGIN("barlow-twins", "0.1.0", "each output says of both views the same, and what no other output says") {
  plugin.add<BarlowTwins, BarlowTwinsParams>("objective/barlow-twins");
}
