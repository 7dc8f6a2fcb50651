#include "shoal/plugin.h"

#include "swav.h"

void SwavParams::describe(shoal::Schema<SwavParams>& schema) {
  schema.field("prototypes", &SwavParams::prototypes, "K, vectors that outputs are assigned to").min(2);
  schema.field("temperature", &SwavParams::temperature, "what scores are divided by in a prediction").above(0);
  schema
      .field("epsilon", &SwavParams::epsilon,
             "what scores are divided by in an assignment: the smaller, the harder it is")
      .above(0);
  schema
      .field("sinkhorn_iterations", &SwavParams::sinkhorn_iterations,
             "how often an assignment is balanced over the prototypes")
      .min(1);
  schema.field("freeze_epochs", &SwavParams::freeze_epochs, "epochs at the start in which prototypes stay as they are")
      .min(0)
      .unit("epochs");
  schema
      .field("queue", &SwavParams::queue,
             "outputs of earlier steps that take part in the assignment, once there are so many; 0: none")
      .min(0);
  schema.field("queue_start", &SwavParams::queue_start, "epochs before the queue begins to fill; 1 unless given")
      .min(0)
      .unit("epochs");
}

void SwavParams::check() const {
  shoal::require(queue > 0 || !queue_start.has_value(), "'queue_start' belongs to a 'queue', which is 0");
}

SHOAL_PLUGIN("swav", "0.1.0", "views that must predict each other's balanced assignment to prototypes") {
  plugin.add<Swav, SwavParams>("objective/swav").random();
}
