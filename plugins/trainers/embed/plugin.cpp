// trainer/embed: what an encoder makes of a dataset, as features for clusterers, transforms and metrics.
#include "shoal/plugin.h"

#include "embed.h"

SHOAL_PLUGIN("embed", "0.1.0", "a dataset seen by an encoder, as features") {
  plugin.add<Embed, EmbedParams>("trainer/embed")
      .random()
      .in<shoal::Encoder>("encoder", "stays frozen, in eval mode")
      .optional_in<shoal::Head>("head",
                                "one that was trained with it; then it can be read as well, where 'readout' says so")
      .in<shoal::Dataset>("data", "what to embed")
      .optional_in<shoal::Augmentation>("augmentation", "then one view of each example is embedded in place of it")
      .out<shoal::Features>("features", "(N, E) float32, example by example; (N, F) of another readout")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp);
}
