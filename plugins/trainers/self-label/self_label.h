// self_label.h: an encoder and a head, trained on what they are sure of.
#ifndef SHOAL_PLUGINS_TRAINERS_SELF_LABEL_SELF_LABEL_H_
#define SHOAL_PLUGINS_TRAINERS_SELF_LABEL_SELF_LABEL_H_

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

struct SelfLabelParams : shoal::TrainingOptions {
  SelfLabelParams() { learning_rate = weight_decay = 1e-4; }

  double threshold = 0.99;
  bool balance = true;
  std::int64_t epochs = 10;
  std::int64_t batch_size = 1000;
  std::int64_t patience = 2;
  double min_growth = 0.001;
  double ema_decay = 0;
  shoal::Schedule schedule = shoal::Schedule::kConstant;

  static void describe(shoal::Schema<SelfLabelParams>& schema);
};

/// Self-labelling: of each batch the clean examples that encoder and head of the moment are sure of get the cluster
/// that they say; the loss is of what they say of augmented views of these. Both passes are in training mode, so batch
/// norm has the statistics of the batch; the first has no gradient. A batch without a confident example moves nothing.
///
/// After each epoch, and before the first as epoch 0, all clean examples are looked at in eval mode. Training ends
/// early where the share of confident ones has grown no more for `patience` epochs; what is given out is as the last
/// epoch left it. Labels of the dataset go into the series `nmi_label` and nowhere else.
///
/// Source: Van Gansbeke, Vandenhende, Georgoulis, Proesmans, Van Gool, "SCAN: Learning to classify images without
/// labels", ECCV 2020, section 2.3; README.md says where the authors' code differs.
class SelfLabel final : public shoal::Trainer {
 public:
  explicit SelfLabel(const SelfLabelParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  SelfLabelParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_SELF_LABEL_SELF_LABEL_H_
