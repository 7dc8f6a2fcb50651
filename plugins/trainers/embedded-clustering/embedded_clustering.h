// embedded_clustering.h: an autoencoder whose embedding is drawn to clusters.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_EMBEDDED_CLUSTERING_H_
#define SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_EMBEDDED_CLUSTERING_H_

#include <optional>

#include "shoal/torch/reconstruction.h"
#include "shoal/torch/trainer.h"

enum class Method { kDec, kIdec, kDcn };

struct EmbeddedClusteringParams : shoal::TrainingOptions, shoal::ReconstructionOptions {
  EmbeddedClusteringParams() {  // DEC's
    TrainingOptions::method = shoal::OptimizerMethod::kSgd;
    learning_rate = 0.01;
  }
  Method clustering = Method::kDec;
  std::optional<double> gamma = {};  // 0.1
  std::optional<double> alpha = {};  // 1
  std::int64_t batch_size = 256;
  std::int64_t update_interval = 140;
  double tolerance = 0.001;
  std::int64_t max_steps = 20000;

  static void describe(shoal::Schema<EmbeddedClusteringParams>& schema);
  void check() const;
};

/// Begins with what a clusterer finds in the embedding. Then trains the encoder, step by step, on
///   dec   the divergence of SoftClusters alone; the decoder stays as it is
///   idec  the reconstruction + γ · that
///   dcn   the reconstruction + γ · the loss of HardClusters
/// Before the first step and every `update_interval` steps it looks at all examples, clean and in eval mode: they are
/// labelled by their nearest centroids, and SoftClusters get a new target. Training ends when fewer than `tolerance` of
/// the labels have changed since the last look, which needs two looks with steps between, or after `max_steps`.
///
/// The true labels of the dataset, if there are any, go into the series `nmi_label` and nowhere else.
/// Sources: Xie, Girshick, Farhadi, ICML 2016 (dec); Guo, Gao, Liu, Yin, "Improved deep embedded clustering with local
/// structure preservation", IJCAI 2017 (idec); Yang, Fu, Sidiropoulos, Hong, ICML 2017 (dcn).
class EmbeddedClustering final : public shoal::Trainer {
 public:
  explicit EmbeddedClustering(const EmbeddedClusteringParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  EmbeddedClusteringParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_EMBEDDED_CLUSTERING_H_
