#include "shoal/plugin.h"

#include "prototypes.h"

void PrototypesParams::describe(shoal::Schema<PrototypesParams>& schema) {
  schema.field("temperature", &PrototypesParams::temperature, "what cosines are divided by: the lower, the surer")
      .above(0);
  schema.field("trainable", &PrototypesParams::trainable,
               "whether training moves the prototypes; else they stay what a trainer sets them to");
}

SHOAL_PLUGIN("prototypes", "0.1.0", "cosines with one prototype a class, over a temperature") {
  plugin.add<Prototypes, PrototypesParams>("head/prototypes").random();
}
