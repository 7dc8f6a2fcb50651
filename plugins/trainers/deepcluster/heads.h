// heads.h: the heads of the moment, from embeddings to clusters, and what becomes of them after a clustering.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_HEADS_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_HEADS_H_

#include <memory>
#include <string>

#include "pseudo_labels.h"
#include "shoal/torch/optimizer.h"
#include "shoal/torch/trainer.h"

/// reset: a new head for each clustering. centroids: a new one whose class vectors are the clusters' means. matched:
/// kept while there are as many clusters, which are renumbered to those before.
enum class HeadPolicy { kReset, kCentroids, kMatched };

/// A head, and its optimiser, which always begins with it.
class Classifier {
 public:
  shoal::Head& head() { return *head_; }
  shoal::Optimizer& optimizer() { return *optimizer_; }
  std::unique_ptr<shoal::Head> take_head() { return std::move(head_); }

  /// What heads are renewed for.
  struct Clustering {
    shoal::ConstArray embedding;  ///< (N, E)
    shoal::ConstArray features;   ///< (N, D) what was clustered: what transforms made of the embedding
    const PseudoLabels& pseudo;
    shoal::Index epoch;  ///< of the assignment, from 1
    shoal::Index draw;   ///< numbers the initialisation
  };

  /// The head for these clusters.
  /// Throws InputError  `centroids` with a head that has no class vectors, or where clusters are not in a space that it
  ///                    sees: a linear head those of the embedding itself, a head of cosines those of its directions
  void renew(shoal::Context& context, shoal::Inputs& inputs, HeadPolicy policy, const shoal::OptimizerOptions& options,
             const Clustering& now);

  /// For a checkpoint after renew: the head and its optimiser, under names that begin with `prefix`. Load makes them
  /// anew.
  void save(shoal::StateWriter& state, const std::string& prefix) const;
  void load(const shoal::StateReader& state, const std::string& prefix, shoal::Inputs& inputs,
            const shoal::OptimizerOptions& options);

 private:
  void make(shoal::Inputs& inputs, const shoal::OptimizerOptions& options);

  std::unique_ptr<shoal::Head> head_;
  std::unique_ptr<shoal::Optimizer> optimizer_;
  shoal::Index embedding_ = 0, classes_ = 0, draw_ = 0;  // what it was made for
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_HEADS_H_
