// supervised.h: an encoder and a head, trained together on true labels.
#ifndef SHOAL_PLUGINS_TRAINERS_SUPERVISED_SUPERVISED_H_
#define SHOAL_PLUGINS_TRAINERS_SUPERVISED_SUPERVISED_H_

#include <optional>

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

enum class Keep { kLast, kBest };

struct SupervisedParams : shoal::TrainingOptions {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 128;
  shoal::Schedule schedule = shoal::Schedule::kConstant;
  std::int64_t warmup = 0;
  std::optional<std::int64_t> step_epochs;
  double step_factor = 0.1;
  double ema_decay = 0;
  double validation_share = 0;
  std::int64_t patience = 0;
  Keep keep = Keep::kLast;

  static void describe(shoal::Schema<SupervisedParams>& schema);
  void check() const;
};

/// For each epoch: the examples in a new random order, batch by batch, each batch augmented where an augmentation is
/// wired; one step of the optimiser on the head's loss. A validation set, wired or held out of the data, says after
/// each epoch which was the best so far: `patience` stops by it, `keep: best` goes back to it. The test set is looked
/// at once, when training is over.
class Supervised final : public shoal::Trainer {
 public:
  explicit Supervised(const SupervisedParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  SupervisedParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_SUPERVISED_SUPERVISED_H_
