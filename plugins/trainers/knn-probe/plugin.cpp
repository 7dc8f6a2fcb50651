#include "shoal/plugin.h"

#include "knn_probe.h"

void KnnProbeParams::describe(shoal::Schema<KnnProbeParams>& schema) {
  schema.field("neighbors", &KnnProbeParams::neighbors, "training examples that a test example asks").min(1);
  schema
      .field("temperature", &KnnProbeParams::temperature,
             "a neighbour's weight is exp(cosine / temperature); 0: one vote each")
      .min(0);
  shoal::describe_readout(schema);
  shoal::describe_precision(schema);
}

SHOAL_PLUGIN("knn-probe", "0.1.0", "what the neighbours in a frozen encoder's space say") {
  plugin.add<KnnProbe, KnnProbeParams>("trainer/knn-probe")
      .in<shoal::Encoder>("encoder", "stays frozen, in eval mode")
      .optional_in<shoal::Head>("head",
                                "one that was trained with it; then it can be read as well, where 'readout' says so")
      .in<shoal::Dataset>("train", "the examples that are asked")
      .in<shoal::Dataset>("test", "the examples that ask, looked at once")
      .optional_in<shoal::Labels>("labels", "of 'train', in place of its own: pseudo-labels; then there is no accuracy")
      .list_in<shoal::Transform>("transforms", "of the embedding, in order, fitted to that of 'train'")
      .out<shoal::Number>("accuracy", "share of 'test' that is right; only where 'labels' is not wired", SHOAL_HIGHER)
      .out<shoal::Labels>("predicted", "what the neighbours of each example of 'test' say")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp);
}
