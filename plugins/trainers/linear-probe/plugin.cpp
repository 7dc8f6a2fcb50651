#include "shoal/plugin.h"

#include "linear_probe.h"

void LinearProbeParams::describe(shoal::Schema<LinearProbeParams>& schema) {
  schema
      .field("weight_decays", &LinearProbeParams::weight_decays,
             "penalties on ‖W‖² to choose from, by the last sixth of the training examples; a single one is taken as "
             "it is")
      .min(0);
  schema.field("max_iter", &LinearProbeParams::max_iter, "iterations of L-BFGS for each fit").min(1);
  schema.field("standardize", &LinearProbeParams::standardize,
               "shift and scale what is read to mean 0 and deviation 1 over the training examples");
  shoal::describe_readout(schema);
  shoal::describe_precision(schema);
}

void LinearProbeParams::check() const {
  shoal::require(!weight_decays.empty(), "'weight_decays' needs at least 1 number, but is empty");
}

SHOAL_PLUGIN("linear-probe", "0.2.0", "what one linear layer can read from a frozen encoder") {
  plugin.add<LinearProbe, LinearProbeParams>("trainer/linear-probe")
      .in<shoal::Encoder>("encoder", "stays frozen, in eval mode")
      .optional_in<shoal::Head>("head",
                                "one that was trained with it; then it can be read as well, where 'readout' says so")
      .optional_in<shoal::Head>("classifier",
                                "head/linear: takes the layer, and is given as 'head', for `shoal predict` and others")
      .in<shoal::Dataset>("train", "examples that the layer is fitted to; labelled, unless 'labels' are wired")
      .in<shoal::Dataset>("test", "examples, looked at once; labelled, unless 'labels' are wired")
      .optional_in<shoal::Labels>("labels", "of 'train', in place of its own: pseudo-labels; then there is no accuracy")
      .out<shoal::Number>("accuracy", "share of 'test' that is right; only where 'labels' is not wired", SHOAL_HIGHER)
      .out<shoal::Number>("train_accuracy", "share of 'train' that is right", SHOAL_HIGHER)
      .out<shoal::Number>("weight_decay", "the one chosen")
      .out<shoal::Labels>("predicted", "the class of each example of 'test'")
      .out<shoal::AnyArray>("confusion",
                            "(C, C): how often true class r (row) was taken for class c (column); likewise")
      .out<shoal::Head>("head", "the layer, for features as they are read; only where 'classifier' is wired")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp);
}
