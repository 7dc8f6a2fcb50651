#include "shoal/plugin.h"

#include "iic.h"

void IicParams::describe(shoal::Schema<IicParams>& schema) {
  schema
      .field("entropy_weight", &IicParams::entropy_weight,
             "weight of the entropy of clusters: 1 is mutual information, more asks for more even clusters")
      .min(1);
}

SHOAL_PLUGIN("iic", "0.1.0", "clusters that say of each view as much as they can about the other") {
  plugin.add<Iic, IicParams>("objective/iic");
}
