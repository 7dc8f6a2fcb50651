#include "shoal/plugin.h"

#include "deepcluster.h"

void DeepClusterParams::describe(shoal::Schema<DeepClusterParams>& schema) {
  schema.field("epochs", &DeepClusterParams::epochs, "passes of N draws over the data").min(1);
  schema
      .field("batch_size", &DeepClusterParams::batch_size,
             "examples of a step; the last step of an epoch takes what is left")
      .min(1);
  schema.field("reassign_every", &DeepClusterParams::reassign_every, "epochs from one clustering to the next")
      .min(1)
      .unit("epochs");
  schema
      .field("sampler", &DeepClusterParams::sampler,
             "how examples are drawn: uniform over clusters, with replacement, or natural: each example once")
      .one_of({{"uniform", Sampler::kUniform}, {"natural", Sampler::kNatural}});
  schema
      .field(
          "head_policy", &DeepClusterParams::head_policy,
          "the head after a clustering: reset: a new one; centroids: a new one whose class vectors are the clusters' "
          "means; matched: kept, the clusters being renumbered to the previous ones")
      .one_of(
          {{"reset", HeadPolicy::kReset}, {"centroids", HeadPolicy::kCentroids}, {"matched", HeadPolicy::kMatched}});
  schema.field("schedule", &DeepClusterParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant}, {"cosine", shoal::Schedule::kCosine}});
  schema
      .field("neighbors", &DeepClusterParams::neighbors,
             "how many neighbours vote for a label where 'labels' are wired; 15 unless given")
      .min(1);
  schema.field("votes", &DeepClusterParams::votes, "how often they vote in each assignment; 2 unless given").min(1);
  shoal::describe_training(schema);
}

SHOAL_PLUGIN("deepcluster", "0.1.0", "an encoder taught by its own clusters, without labels") {
  plugin.add<DeepCluster, DeepClusterParams>("trainer/deepcluster")
      .random()
      .in<shoal::Dataset>("data", "examples to learn from; labels, if it has them, are used for nmi_label alone")
      .in<shoal::Encoder>("encoder", "what is trained; the node that holds it stays as it is")
      .optional_in<shoal::Clusterer>("clusterer", "groups the features, anew for each assignment; or wire 'labels'")
      .optional_in<shoal::Labels>("labels", "pseudo-labels to begin with; then neighbours vote for each assignment")
      .in<shoal::Head>("head", "from embeddings to clusters, and the loss")
      .optional_in<shoal::Augmentation>("augmentation",
                                        "a random map of every training batch; clustering sees clean examples")
      .list_in<shoal::Transform>("transforms",
                                 "between embedding and clusterer or vote, in order, fitted anew for each assignment")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the last head")
      .out<shoal::Labels>("labels", "the last pseudo-labels of all examples")
      .out<shoal::Number>("clusters", "how many of them there are")
      .out<shoal::Series>("loss", "of each epoch, mean over its draws", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("nmi_previous", "NMI of each assignment with the one before")
      .out<shoal::Series>("nmi_label", "NMI of each assignment with the true labels; only for labelled data",
                          SHOAL_HIGHER)
      .out<shoal::Series>("churn", "share of examples that left their cluster, once clusters are matched")
      .out<shoal::Series>("active", "clusters that are not empty")
      .out<shoal::Series>("smallest", "examples in the smallest cluster")
      .out<shoal::Series>("largest_share", "share of examples in the largest cluster")
      .out<shoal::Series>("explained_variance", "1 − inertia / total sum of squares of what was clustered",
                          SHOAL_HIGHER);
}
