// deepcluster.h: an encoder taught by its own clusters.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_

#include "collapse.h"
#include "features.h"
#include "heads.h"
#include "labeller.h"
#include "sampler.h"
#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

struct DeepClusterParams : shoal::TrainingOptions, LabelOptions {
  std::int64_t epochs = 3;
  std::int64_t batch_size = 256;
  std::int64_t reassign_every = 1;
  FeatureSource features = FeatureSource::kSweep;
  Sampler sampler = Sampler::kUniform;
  HeadPolicy head_policy = HeadPolicy::kReset;
  shoal::Schedule schedule = shoal::Schedule::kConstant;
  OnCollapse on_collapse = OnCollapse::kWarn;

  static void describe(shoal::Schema<DeepClusterParams>& schema);
  void check() const;
};

/// DeepCluster: cluster what the encoder sees, train it to predict the clusters, repeat. Each step of the loop has its
/// policies, each in a file of its own; the published methods are choices among them (configs/deepcluster/):
///
///     features     sweep | memory                          features.h
///     transforms   fitted anew for each assignment
///     labels       clusterers, or given labels and a vote  labeller.h
///     assignment   hard | balanced | capped | confident    assignment.h
///     heads        reset | centroids | matched             heads.h
///     sampler      uniform | natural                       sampler.h
///     collapse     warn | stop | ignore                    collapse.h
///
/// Several heads have clusterings of their own, by other chance or by other clusterers, of the same features; the loss
/// is the mean of theirs. Outputs and series are those of the first head; warnings come from all.
///
/// Where 'labels' are wired in place of a clusterer, they are the pseudo-labels to begin with, and each new assignment
/// is a vote of every example's nearest neighbours in the features of the moment, the last one after the last epoch:
/// self-training on labels that are nearly right.
///
/// The true labels of the dataset, if there are any, go into the series `nmi_label` and nowhere else.
/// Source: Caron, Bojanowski, Joulin, Douze, "Deep clustering for unsupervised learning of visual features", ECCV 2018;
/// Caron, Misra, Mairal, Goyal, Bojanowski, Joulin, NeurIPS 2020 (DeepCluster-v2); Asano, Rupprecht, Vedaldi, ICLR 2020
/// (balanced assignments).
class DeepCluster final : public shoal::Trainer {
 public:
  explicit DeepCluster(const DeepClusterParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  DeepClusterParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_
