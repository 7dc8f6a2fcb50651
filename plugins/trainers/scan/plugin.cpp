#include "shoal/plugin.h"

#include "scan.h"

void ScanParams::describe(shoal::Schema<ScanParams>& schema) {
  schema.field("clusters", &ScanParams::clusters, "K, into which the examples are grouped").min(2);
  schema
      .field("heads", &ScanParams::heads,
             "heads that are trained side by side; the one with the lowest loss of all examples is given out")
      .min(1);
  schema
      .field("entropy_weight", &ScanParams::entropy_weight,
             "weight of the entropy of the mean prediction, which keeps clusters alike in size")
      .min(0);
  schema.field("epochs", &ScanParams::epochs, "passes over the data").min(1);
  schema
      .field("batch_size", &ScanParams::batch_size,
             "examples of a step, each with one neighbour; large against the clusters")
      .min(2);
  schema.field("freeze_encoder", &ScanParams::freeze_encoder,
               "the heads alone are trained, and the encoder stays in eval mode");
  shoal::describe_training(schema);
  schema.field("schedule", &ScanParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant}, {"cosine", shoal::Schedule::kCosine}});
}

SHOAL_PLUGIN("scan", "0.1.0", "clusters that examples share with their neighbours, without labels") {
  plugin.add<Scan, ScanParams>("trainer/scan")
      .random()
      .in<shoal::Dataset>("data", "examples to cluster; labels, if it has them, are used for nmi_label alone")
      .in<shoal::Encoder>("encoder", "a trained one, whose embeddings the neighbours are of; its node stays as it is")
      .in<shoal::Head>("head", "from embeddings to the logits of K clusters; each head is a new one")
      .in<shoal::AnyArray>("neighbors", "(N, k) int64, of transform/knn-graph: rows of the nearest examples of each")
      .in<shoal::Augmentation>("augmentation", "a random map of every example and neighbour of a batch")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the head with the lowest loss")
      .out<shoal::Labels>("labels", "the cluster of each example: that of the head's largest logit")
      .out<shoal::AnyArray>("head_losses", "(heads) float64: clean_loss of each, at the end")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its steps and heads, as they were trained", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step, mean over the heads", SHOAL_LOWER)
      .out<shoal::Series>("clean_loss",
                          "after each epoch, of all clean examples and all their neighbours: the lowest of the heads",
                          SHOAL_LOWER)
      .out<shoal::Series>("consistency", "of that head: mean −ln ⟨p, q⟩ of an example and a neighbour", SHOAL_LOWER)
      .out<shoal::Series>("entropy", "of that head: of the mean prediction, at most ln K", SHOAL_HIGHER)
      .out<shoal::Series>("confident", "of that head: share of examples with a probability above 0.99", SHOAL_HIGHER)
      .out<shoal::Series>("active", "of that head: clusters that have examples", SHOAL_HIGHER)
      .out<shoal::Series>("largest_share", "of that head: share of examples in the largest cluster")
      .out<shoal::Series>("churn", "share of the labels that the same head gave otherwise an epoch before")
      .out<shoal::Series>("nmi_label", "NMI of the labels with the true ones; only for labelled data", SHOAL_HIGHER);
}
