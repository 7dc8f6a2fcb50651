#include "shoal/plugin.h"

#include "embedded_clustering.h"

void EmbeddedClusteringParams::describe(shoal::Schema<EmbeddedClusteringParams>& schema) {
  using Self = EmbeddedClusteringParams;
  schema.field("method", &Self::clustering, "what the encoder is trained on: README.md has the losses")
      .one_of({{"dec", Method::kDec}, {"idec", Method::kIdec}, {"dcn", Method::kDcn}});
  schema.field("gamma", &Self::gamma, "weight of the clustering beside the reconstruction; dec has none of the latter")
      .min(0);
  schema.field("alpha", &Self::alpha, "degrees of freedom of the Student's t of dec and idec; dcn has none").above(0);
  schema.field("batch_size", &Self::batch_size, "examples of a step; the last step of an epoch takes what is left")
      .min(1);
  schema
      .field("update_interval", &Self::update_interval,
             "steps from one look at all examples to the next: labels, and the target of dec and idec")
      .min(1)
      .unit("steps");
  schema
      .field("tolerance", &Self::tolerance,
             "training ends when a smaller share of the labels has changed since the last look; 0: at max_steps")
      .min(0)
      .below(1);
  schema.field("max_steps", &Self::max_steps, "steps after which training ends whatever has changed")
      .min(1)
      .unit("steps");
  shoal::describe_reconstruction(schema);
  shoal::describe_training(schema);
}

SHOAL_PLUGIN("embedded-clustering", "0.1.0", "an autoencoder whose embedding is drawn to clusters: DEC, IDEC, DCN") {
  plugin.add<EmbeddedClustering, EmbeddedClusteringParams>("trainer/embedded-clustering")
      .random()
      .in<shoal::Dataset>("data", "examples to cluster; labels, if it has them, are used for nmi_label alone")
      .in<shoal::Encoder, shoal::Decoder>("encoder", "trained by trainer/autoencoder, say; its node stays as it is")
      .in<shoal::Clusterer>("clusterer", "finds the centroids to begin with, in the embedding")
      .optional_in<shoal::Augmentation>("augmentation", "a random map of every batch; looks see clean examples")
      .optional_in<shoal::Dataset>("test", "labelled by the clusters, once, when training is over")
      .out<shoal::Encoder>("encoder", "the trained encoder, with its decoder")
      .out<shoal::Labels>("labels", "the cluster of each example, that of its nearest centroid")
      .out<shoal::Features>("centroids", "(K, E) float32")
      .out<shoal::Labels>("predicted", "the cluster of each example of 'test'; only where that is wired")
      .out<shoal::Number>("steps", "that were made")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "mean over what was trained on since the last look", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("clustering_loss", "of each step, before gamma; only of idec and dcn", SHOAL_LOWER)
      .out<shoal::Series>("reconstruction_loss", "of each step; only of idec and dcn", SHOAL_LOWER)
      .out<shoal::Series>("churn", "share of the labels that changed since the last look")
      .out<shoal::Series>("nmi_previous", "NMI of the labels with those of the last look")
      .out<shoal::Series>("nmi_label", "NMI of the labels with the true ones; only for labelled data", SHOAL_HIGHER)
      .out<shoal::Series>("smallest", "examples in the smallest cluster")
      .out<shoal::Series>("largest_share", "share of examples in the largest cluster");
}
