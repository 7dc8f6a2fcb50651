#include "shoal/plugin.h"

#include "autoencoder.h"

void AutoencoderTrainerParams::describe(shoal::Schema<AutoencoderTrainerParams>& schema) {
  schema.field("epochs", &AutoencoderTrainerParams::epochs, "passes over the data").min(1);
  schema
      .field("batch_size", &AutoencoderTrainerParams::batch_size,
             "examples of a step; the last step of an epoch takes what is left")
      .min(1);
  shoal::describe_reconstruction(schema);
  schema
      .field("corruption", &AutoencoderTrainerParams::corruption,
             "noise on what the encoder is shown, after the augmentation and never on the target: the share of numbers "
             "that are masked, or the standard deviation of what is added; 0: none")
      .min(0)
      .max(1);
  schema.field("noise", &AutoencoderTrainerParams::noise, "of corruption: numbers set to 0, or normal ones added")
      .one_of({{"masking", Noise::kMasking}, {"gaussian", Noise::kGaussian}});
  schema.field("schedule", &AutoencoderTrainerParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant},
               {"cosine", shoal::Schedule::kCosine},
               {"one-cycle", shoal::Schedule::kOneCycle}});
  shoal::describe_training(schema);
}

SHOAL_PLUGIN("autoencoder-trainer", "0.1.0", "an encoder trained to give back what it is shown") {
  plugin.add<AutoencoderTrainer, AutoencoderTrainerParams>("trainer/autoencoder")
      .random()
      .in<shoal::Dataset>("data", "examples to learn from; labels, if it has them, are not looked at")
      .in<shoal::Encoder, shoal::Decoder>("encoder", "what is trained, decoder and all; its node stays as it is")
      .optional_in<shoal::Augmentation>("augmentation", "a random map of every batch; 'target' says what is asked back")
      .out<shoal::Encoder>("encoder", "the trained encoder, with its decoder")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its examples, as they were trained on", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step", SHOAL_LOWER);
}
