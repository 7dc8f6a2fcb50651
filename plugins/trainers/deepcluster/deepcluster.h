// deepcluster.h: an encoder taught by its own clusters.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_

#include <optional>

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

enum class Sampler { kUniform, kNatural };
enum class HeadPolicy { kReset, kCentroids, kMatched };

struct DeepClusterParams : shoal::TrainingOptions {
  std::int64_t epochs = 3;
  std::int64_t batch_size = 256;
  std::int64_t reassign_every = 1;
  Sampler sampler = Sampler::kUniform;
  HeadPolicy head_policy = HeadPolicy::kReset;
  shoal::Schedule schedule = shoal::Schedule::kConstant;
  std::optional<std::int64_t> neighbors;  // 15
  std::optional<std::int64_t> votes;      // 2

  static void describe(shoal::Schema<DeepClusterParams>& schema);
};

/// DeepCluster: cluster what the encoder sees, train it to predict the clusters, repeat.
///
/// Where 'labels' are wired in place of a clusterer, they are the pseudo-labels to begin with, and each new assignment
/// is a vote of every example's nearest neighbours in the features of the moment, the last one after the last epoch:
/// self-training on labels that are nearly right.
///
/// The true labels of the dataset, if there are any, go into the series `nmi_label` and nowhere else.
/// Source: Caron, Bojanowski, Joulin, Douze, "Deep clustering for unsupervised learning of visual features", ECCV 2018.
class DeepCluster final : public shoal::Trainer {
 public:
  explicit DeepCluster(const DeepClusterParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  DeepClusterParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_DEEPCLUSTER_H_
