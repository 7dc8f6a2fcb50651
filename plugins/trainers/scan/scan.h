// scan.h: clusters that examples share with their neighbours.
#ifndef SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_H_
#define SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_H_

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

struct ScanParams : shoal::TrainingOptions {
  ScanParams() { learning_rate = weight_decay = 1e-4; }

  std::int64_t clusters = 10;
  std::int64_t heads = 5;
  double entropy_weight = 5;
  std::int64_t epochs = 10;
  std::int64_t batch_size = 128;
  bool freeze_encoder = false;
  shoal::Schedule schedule = shoal::Schedule::kConstant;

  static void describe(shoal::Schema<ScanParams>& schema);
};

/// Semantic clustering by adopting nearest neighbours: each example of a batch, and one of its neighbours drawn anew in
/// each epoch, both augmented, go through the encoder in one pass; the loss (scan_loss.h) is the mean over the heads,
/// which differ in where they begin.
///
/// After each epoch the loss of every head is taken of all clean examples with all their neighbours, in eval mode; the
/// head with the lowest is reported, and after the last epoch it is the one that is given out. Labels of the dataset go
/// into the series `nmi_label` and nowhere else.
///
/// The entropy depends on B, so every step has B examples, as in trainer/joint-embedding: an epoch leaves out N mod B.
/// Source: Van Gansbeke, Vandenhende, Georgoulis, Proesmans, Van Gool, "SCAN: Learning to classify images without
/// labels", ECCV 2020; README.md says where the authors' code differs.
class Scan final : public shoal::Trainer {
 public:
  explicit Scan(const ScanParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  ScanParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_H_
