#include "shoal/plugin.h"

#include "confusion_merge.h"
#include "merge.h"

void ConfusionMergeParams::describe(shoal::Schema<ConfusionMergeParams>& schema) {
  schema.field("classes", &ConfusionMergeParams::classes, "how many classes the clusters become")
      .min(1)
      .max(kMostGroups);
  schema
      .field("candidates", &ConfusionMergeParams::candidates,
             "groups of clusters of which all partitions into classes are compared; at least as many as classes")
      .min(1)
      .max(kMostGroups);
  schema
      .field("balance", &ConfusionMergeParams::balance,
             "weight of the prior that classes are about equally large; 0: confusion alone decides")
      .min(0);
  schema.field("batch_size", &ConfusionMergeParams::batch_size, "examples that are looked at together").min(1);
  shoal::describe_precision(schema);
}

void ConfusionMergeParams::check() const {
  shoal::require(candidates >= classes, "'candidates' must be at least 'classes', {}, but is {}", classes, candidates);
}

SHOAL_PLUGIN("confusion-merge", "0.1.0", "clusters that are confused under augmentation become one class") {
  plugin.add<ConfusionMerge, ConfusionMergeParams>("trainer/confusion-merge")
      .random()
      .in<shoal::Dataset>("data", "the examples that were clustered; their labels, if any, are not looked at")
      .in<shoal::Encoder>("encoder", "trained; stays as it is")
      .in<shoal::Head>("head", "trained, from embeddings to the clusters of 'labels'; stays as it is")
      .in<shoal::Labels>("labels", "the cluster of each example, with that head; −1 is noise")
      .in<shoal::Augmentation>("augmentation", "how an example may change and still be what it is")
      .out<shoal::Labels>("labels", "the class of each example; noise stays −1")
      .out<shoal::AnyArray>("class_of_cluster", "(K) int64: the class that each cluster became part of")
      .out<shoal::Number>("objective", "of the classes chosen: confusion within them and the prior", SHOAL_HIGHER)
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp);
}
