// autoencoder.h: an encoder trained to give back what it is shown.
#ifndef SHOAL_PLUGINS_TRAINERS_AUTOENCODER_AUTOENCODER_H_
#define SHOAL_PLUGINS_TRAINERS_AUTOENCODER_AUTOENCODER_H_

#include "corruption.h"
#include "shoal/torch/reconstruction.h"
#include "shoal/torch/trainer.h"

struct AutoencoderTrainerParams : shoal::TrainingOptions, shoal::ReconstructionOptions {
  std::int64_t epochs = 40;
  std::int64_t batch_size = 256;
  shoal::Schedule schedule = shoal::Schedule::kConstant;
  double corruption = 0;
  Noise noise = Noise::kMasking;

  static void describe(shoal::Schema<AutoencoderTrainerParams>& schema);
  void check() const;
};

/// For each epoch: the examples in a new random order, batch by batch, each augmented where an augmentation is wired,
/// then corrupted where asked; one step of the optimiser on the difference between what the decoder makes of the
/// embedding and the target. Labels are not looked at.
class AutoencoderTrainer final : public shoal::Trainer {
 public:
  explicit AutoencoderTrainer(const AutoencoderTrainerParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  AutoencoderTrainerParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_AUTOENCODER_AUTOENCODER_H_
