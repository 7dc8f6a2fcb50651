#include "shoal/plugin.h"

#include "self_label.h"

void SelfLabelParams::describe(shoal::Schema<SelfLabelParams>& schema) {
  schema
      .field("threshold", &SelfLabelParams::threshold,
             "an example is confident where its largest probability is above that")
      .above(0)
      .below(1);
  schema.field("balance", &SelfLabelParams::balance,
               "the clusters that confident examples of a batch are in count alike; else the examples do");
  schema.field("epochs", &SelfLabelParams::epochs, "passes over the data, at most").min(1);
  schema
      .field("batch_size", &SelfLabelParams::batch_size,
             "examples of a step, confident or not; the last step of an epoch takes what is left")
      .min(2);
  schema
      .field(
          "patience", &SelfLabelParams::patience,
          "epochs in which the share of confident examples has not grown, after which training ends; 0: it never does")
      .min(0)
      .unit("epochs");
  schema
      .field("min_growth", &SelfLabelParams::min_growth,
             "the share of all examples by which it must exceed the best share so far to have grown")
      .min(0)
      .below(1);
  schema
      .field("ema_decay", &SelfLabelParams::ema_decay,
             "decay a step of the moving average of all parameters that is looked at and given out; 0: the parameters "
             "themselves are")
      .min(0)
      .below(1);
  shoal::describe_training(schema);
  schema.field("schedule", &SelfLabelParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant}, {"cosine", shoal::Schedule::kCosine}});
}

SHOAL_PLUGIN("self-label", "0.1.0", "an encoder and a head, trained on what they are sure of") {
  plugin.add<SelfLabel, SelfLabelParams>("trainer/self-label")
      .random()
      .in<shoal::Dataset>("data", "examples to learn from; labels, if it has them, are used for nmi_label alone")
      .in<shoal::Encoder>("encoder", "trained, of trainer/scan say; its node stays as it is")
      .in<shoal::Head>("head", "trained with it for K clusters; its node stays as it is")
      .in<shoal::Augmentation>("augmentation", "a strong random map of every example that is learnt from")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the trained head")
      .out<shoal::Labels>("labels", "the cluster of each example: that of its largest logit")
      .out<shoal::Number>("epochs", "that were made")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its steps that had a confident example", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each of these steps", SHOAL_LOWER)
      .out<shoal::Series>("confident", "before and after each epoch: share of all examples that are", SHOAL_HIGHER)
      .out<shoal::Series>("active", "likewise: clusters that have examples", SHOAL_HIGHER)
      .out<shoal::Series>("largest_share", "likewise: share of examples in the largest cluster")
      .out<shoal::Series>("churn", "share of the labels that an epoch changed")
      .out<shoal::Series>("nmi_label", "NMI of the labels with the true ones; only for labelled data", SHOAL_HIGHER);
}
