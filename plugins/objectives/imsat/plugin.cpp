#include "shoal/plugin.h"

#include "imsat.h"

void ImsatParams::describe(shoal::Schema<ImsatParams>& schema) {
  schema
      .field("information_weight", &ImsatParams::information_weight,
             "weight of the information that clusters have of examples, against views that agree")
      .min(0);
  schema
      .field("entropy_weight", &ImsatParams::entropy_weight,
             "within it, weight of the entropy of clusters: 1 is mutual information, more asks for more even clusters")
      .min(1);
}

SHOAL_PLUGIN("imsat", "0.1.0", "clusters that inform about examples, and agree on every view of one") {
  plugin.add<Imsat, ImsatParams>("objective/imsat");
}
