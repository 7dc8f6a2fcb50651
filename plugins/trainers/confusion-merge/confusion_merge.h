// confusion_merge.h: clusters that a head confuses under augmentation become one class.
#ifndef SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_CONFUSION_MERGE_H_
#define SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_CONFUSION_MERGE_H_

#include "shoal/schema.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/trainer.h"

struct ConfusionMergeParams : shoal::PrecisionOptions {
  std::int64_t classes = 10;
  std::int64_t candidates = 16;
  double balance = 20;
  std::int64_t batch_size = 256;

  static void describe(shoal::Schema<ConfusionMergeParams>& schema);
  void check() const;
};

/// Merges K clusters into a few classes. With p the head's probabilities for an example as it is, and q those for it
/// augmented, both in eval mode, E = Σ p qᵀ + (Σ p qᵀ)ᵀ says which clusters are taken for one another when an example
/// changes as an augmentation changes it. Average linkage on E_ij/(s_i s_j), s the clusters' sizes, leaves `candidates`
/// groups; of all ways to join these into `classes` the best is taken (see best_partition).
///
/// No label of the dataset is looked at. `balance` is a prior: that the classes are about equally large.
class ConfusionMerge final : public shoal::Trainer {
 public:
  explicit ConfusionMerge(const ConfusionMergeParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  ConfusionMergeParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_CONFUSION_MERGE_CONFUSION_MERGE_H_
