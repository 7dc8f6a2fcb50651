// features.h: the embeddings that are clustered: of a sweep over the clean examples, or remembered from training.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_FEATURES_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_FEATURES_H_

#include <ATen/core/Tensor.h>

#include <utility>
#include <vector>

#include "shoal/torch/examples.h"
#include "shoal/torch/training.h"

/// sweep: all clean examples through the encoder in eval mode, anew for each assignment.
/// memory: after a first sweep what the encoder made of each example when it was last trained on: of an augmented view,
/// in training mode, up to an epoch old, and older where an epoch left the example out. Saves the sweep.
enum class FeatureSource { kSweep, kMemory };

/// Embeddings of all examples, as a FeatureSource has them.
/// Source of the memory: Caron et al., NeurIPS 2020, DeepCluster-v2.
class Features {
 public:
  Features(FeatureSource source, const shoal::Examples& examples, const shoal::Compute& compute)
      : source_(source), examples_(examples), compute_(compute) {}

  /// (N, E) float32 on the CPU.
  at::Tensor embedding(shoal::Context& context, shoal::Encoder& encoder);

  /// For shoal::Epoch::on_embedding. Of a sweep empty.
  std::function<void(std::span<const shoal::Index>, const at::Tensor&)> listener();

  /// Takes in what the listener was told in an epoch, in order: of an example that came twice the later embedding.
  /// Logs for how many examples nothing came.
  void finish_epoch(shoal::Context& context, shoal::Index epoch);

  /// For a checkpoint after finish_epoch: what is remembered.
  void save(shoal::StateWriter& state) const;
  void load(const shoal::StateReader& state);

 private:
  FeatureSource source_;
  const shoal::Examples& examples_;
  shoal::Compute compute_;
  at::Tensor memory_;  // (N, E); undefined before the first sweep
  // Embeddings stay on their device until the epoch is over: to ask a GPU for them is to wait for it.
  std::vector<std::pair<std::vector<shoal::Index>, at::Tensor>> heard_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_FEATURES_H_
