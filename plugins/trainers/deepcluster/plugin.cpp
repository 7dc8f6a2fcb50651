#include "shoal/plugin.h"

#include "deepcluster.h"

namespace {

void describe_labels(shoal::Schema<DeepClusterParams>& schema) {
  const auto own = []<typename T>(T LabelOptions::*member) -> T DeepClusterParams::* { return member; };
  schema
      .field("assignment", own(&LabelOptions::assignment),
             "from clusters to labels: hard: the clusterer's; balanced: clusters of about one size, by Sinkhorn-Knopp; "
             "capped: none larger than size_cap times the even size; confident: hard, and drop_far is 0.1")
      .one_of({{"hard", Assignment::kHard},
               {"balanced", Assignment::kBalanced},
               {"capped", Assignment::kCapped},
               {"confident", Assignment::kConfident}});
  schema
      .field(
          "epsilon", own(&LabelOptions::epsilon),
          "of balanced: the temperature, in half squared distances of what is clustered (of unit rows, cosines); the "
          "lower, the nearer to one size; 0.05 unless given")
      .above(0);
  schema
      .field("size_cap", own(&LabelOptions::size_cap),
             "of capped: no cluster has more than that many times N/k examples; 2 unless given")
      .min(1);
  schema
      .field(
          "drop_far", own(&LabelOptions::drop_far),
          "share of each cluster, the farthest from its mean, that epochs leave out; 0 unless given, of confident 0.1")
      .min(0)
      .below(1);
  schema.field("warm_start", own(&LabelOptions::warm_start),
               "clusterers begin at the means, in the features of now, of the previous assignment");
  schema
      .field(
          "heads", own(&LabelOptions::heads),
          "heads with clusterings of their own; head i takes the wired clusterer i modulo their number; one for each "
          "unless given")
      .min(1);
  schema
      .field("neighbors", own(&LabelOptions::neighbors),
             "how many neighbours vote for a label where 'labels' are wired; 15 unless given")
      .min(1);
  schema.field("votes", own(&LabelOptions::votes), "how often they vote in each assignment; 2 unless given").min(1);
}

}  // namespace

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
      .field("features", &DeepClusterParams::features,
             "what is clustered: sweep: all clean examples, embedded anew for each assignment; memory: after a first "
             "sweep the embeddings of the views that each example was last trained on")
      .one_of({{"sweep", FeatureSource::kSweep}, {"memory", FeatureSource::kMemory}});
  describe_labels(schema);
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
      .field("on_collapse", &DeepClusterParams::on_collapse,
             "what happens at a sign of collapse (loss at ln k, few clusters with examples, one with most of them, "
             "RankMe below 2); ignore: RankMe is not computed either")
      .one_of({{"warn", OnCollapse::kWarn}, {"stop", OnCollapse::kStop}, {"ignore", OnCollapse::kIgnore}});
  shoal::describe_training(schema);
}

void DeepClusterParams::check() const {
  TrainingOptions::check();
  LabelOptions::check();
}

SHOAL_PLUGIN("deepcluster", "0.1.0", "an encoder taught by its own clusters, without labels") {
  plugin.add<DeepCluster, DeepClusterParams>("trainer/deepcluster")
      .random()
      .in<shoal::Dataset>("data", "examples to learn from; labels, if it has them, are used for nmi_label alone")
      .in<shoal::Encoder>("encoder", "what is trained; the node that holds it stays as it is")
      .list_in<shoal::Clusterer>(
          "clusterer", "groups the features, anew for each assignment; several: a head for each; or wire 'labels'")
      .optional_in<shoal::Labels>("labels", "pseudo-labels to begin with; then neighbours vote for each assignment")
      .in<shoal::Head>("head", "from embeddings to clusters, and the loss")
      .optional_in<shoal::Augmentation>("augmentation",
                                        "a random map of every training batch; clustering sees clean examples")
      .list_in<shoal::Transform>("transforms",
                                 "between embedding and clusterer or vote, in order, fitted anew for each assignment")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the last head; of several the first, as in all that follows")
      .out<shoal::Labels>("labels", "the last pseudo-labels of all examples")
      .out<shoal::Number>("clusters", "how many of them there are")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its draws, and over all heads", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("nmi_previous", "NMI of each assignment with the one before")
      .out<shoal::Series>("nmi_label", "NMI of each assignment with the true labels; only for labelled data",
                          SHOAL_HIGHER)
      .out<shoal::Series>("churn", "share of examples that left their cluster, once clusters are matched")
      .out<shoal::Series>("active", "clusters that are not empty")
      .out<shoal::Series>("smallest", "examples in the smallest cluster")
      .out<shoal::Series>("largest_share", "share of examples in the largest cluster")
      .out<shoal::Series>("explained_variance", "1 − inertia / total sum of squares of what was clustered",
                          SHOAL_HIGHER)
      .out<shoal::Series>("rank_me", "RankMe of the embedding: a smooth rank, from 1 to its dimensions", SHOAL_HIGHER);
}
