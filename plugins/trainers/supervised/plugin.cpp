#include "shoal/plugin.h"

#include "supervised.h"

void SupervisedParams::describe(shoal::Schema<SupervisedParams>& schema) {
  schema.field("epochs", &SupervisedParams::epochs, "passes over the data").min(1);
  schema
      .field("batch_size", &SupervisedParams::batch_size,
             "examples of a step; the last step of an epoch takes what is left")
      .min(1);
  shoal::describe_training(schema);
  schema.field("schedule", &SupervisedParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant},
               {"cosine", shoal::Schedule::kCosine},
               {"one-cycle", shoal::Schedule::kOneCycle},
               {"step", shoal::Schedule::kStep}});
  schema.field("warmup", &SupervisedParams::warmup, "steps at the start over which the learning rate rises")
      .min(0)
      .unit("steps");
  schema.field("step_epochs", &SupervisedParams::step_epochs, "of schedule 'step': epochs from one drop to the next")
      .min(1)
      .unit("epochs");
  schema
      .field("step_factor", &SupervisedParams::step_factor,
             "of schedule 'step': what each drop multiplies the learning rate by; the others ignore it")
      .above(0)
      .max(1);
  schema
      .field("ema_decay", &SupervisedParams::ema_decay,
             "decay a step of the moving average of all parameters that is measured and given out; 0: the parameters "
             "themselves are")
      .min(0)
      .below(1);
  schema
      .field("validation_share", &SupervisedParams::validation_share,
             "the share of 'data', chosen at random, that is not trained on but measured after each epoch")
      .min(0)
      .below(1);
  schema
      .field("patience", &SupervisedParams::patience,
             "epochs without a better validation accuracy after which training stops; 0: it never does")
      .min(0)
      .unit("epochs");
  schema
      .field("keep", &SupervisedParams::keep,
             "which epoch's encoder and head are given out: the last, or the first of those with the best validation "
             "accuracy")
      .one_of({{"last", Keep::kLast}, {"best", Keep::kBest}});
}

void SupervisedParams::check() const {
  shoal::require(schedule != shoal::Schedule::kOneCycle || warmup == 0,
                 "schedule 'one-cycle' has a rise of its own: 'warmup' must be 0, but is {}", warmup);
  shoal::require(schedule != shoal::Schedule::kStep || step_epochs.has_value(),
                 "schedule 'step' needs 'step_epochs', the epochs from one drop of the learning rate to the next");
  shoal::require(schedule == shoal::Schedule::kStep || !step_epochs.has_value(),
                 "'step_epochs' belongs to schedule 'step'");
  TrainingOptions::check();
}

SHOAL_PLUGIN("supervised", "0.1.0", "an encoder and a head, trained together on true labels") {
  plugin.add<Supervised, SupervisedParams>("trainer/supervised")
      .random()
      .in<shoal::Dataset>("data", "labelled examples to learn from")
      .in<shoal::Encoder>("encoder", "what is trained; the node that holds it stays as it is")
      .in<shoal::Head>("head", "from embeddings to classes, and the loss")
      .optional_in<shoal::Augmentation>("augmentation", "a random map of every training batch")
      .optional_in<shoal::Dataset>("validation", "measured after each epoch; or hold out a validation_share")
      .optional_in<shoal::Dataset>("test", "measured once, when training is over")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the trained head")
      .out<shoal::Number>("accuracy", "share of 'test' that is right; only where 'test' is wired", SHOAL_HIGHER)
      .out<shoal::Number>("best_epoch", "the first with the best validation_accuracy; only where that is measured")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("train_loss", "of each epoch, mean over its examples", SHOAL_LOWER)
      .out<shoal::Series>("train_accuracy", "of each epoch, as the examples were trained on", SHOAL_HIGHER)
      .out<shoal::Series>("validation_loss", "after each epoch; only with 'validation' or a validation_share",
                          SHOAL_LOWER)
      .out<shoal::Series>("validation_accuracy", "after each epoch; only with 'validation' or a validation_share",
                          SHOAL_HIGHER)
      .out<shoal::Series>("learning_rate", "at the end of each epoch");
}
