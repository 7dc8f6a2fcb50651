#include "shoal/plugin.h"

#include "simclr.h"

void SimclrParams::describe(shoal::Schema<SimclrParams>& schema) {
  schema
      .field("temperature", &SimclrParams::temperature,
             "what cosines are divided by: the lower, the more the nearest of the other examples count")
      .above(0);
}

SHOAL_PLUGIN("simclr", "0.1.0", "an example's views must be nearer to each other than to other examples") {
  plugin.add<Simclr, SimclrParams>("objective/simclr");
}
