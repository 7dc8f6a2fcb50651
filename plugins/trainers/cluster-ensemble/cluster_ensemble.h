// cluster_ensemble.h: several runs of a clustering, and the one to trust.
#ifndef SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_CLUSTER_ENSEMBLE_H_
#define SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_CLUSTER_ENSEMBLE_H_

#include "shoal/schema.h"
#include "shoal/torch/trainer.h"

enum class Combine { kMedoid, kVote };

struct ClusterEnsembleParams {
  Combine combine = Combine::kMedoid;

  static void describe(shoal::Schema<ClusterEnsembleParams>& schema);
};

/// Compares several labellings of the same examples, and gives the one that agrees most with the others, and its
/// encoder; or what most of them say. No label of the dataset is looked at: chance that led one run astray leads others
/// elsewhere, so what runs agree on is more likely right.
///
/// Throws InputError  fewer than 2 labellings, numbers of labels or encoders that do not go together
/// Source: Strehl and Ghosh, "Cluster ensembles", JMLR 3 (2002) 583–617.
class ClusterEnsemble final : public shoal::Trainer {
 public:
  explicit ClusterEnsemble(const ClusterEnsembleParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  ClusterEnsembleParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_CLUSTER_ENSEMBLE_CLUSTER_ENSEMBLE_H_
