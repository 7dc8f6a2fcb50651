// trainer/predict: the classes that a trained encoder and head see in a dataset.
#include "shoal/plugin.h"

#include "predict.h"

SHOAL_PLUGIN("predict", "0.1.0", "the classes that a trained encoder and head see in a dataset") {
  plugin.add<Predict, PredictParams>("trainer/predict")
      .in<shoal::Encoder>("encoder", "stays as it is, in eval mode")
      .in<shoal::Head>("head", "one that was trained with it, for C classes or clusters; stays as it is")
      .in<shoal::Dataset>("data", "what to look at; labels, if it has them, are not")
      .out<shoal::Labels>("predicted", "the class of each example: that of its largest logit")
      .out<shoal::AnyArray>("probabilities", "(N, C) float32, rows summing to 1")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp);
}
