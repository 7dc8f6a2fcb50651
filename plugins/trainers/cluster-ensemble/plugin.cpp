#include "shoal/plugin.h"

#include "cluster_ensemble.h"

void ClusterEnsembleParams::describe(shoal::Schema<ClusterEnsembleParams>& schema) {
  schema
      .field("combine", &ClusterEnsembleParams::combine,
             "medoid: the labelling that agrees most with the others; vote: what most of them say, clusters matched to "
             "the medoid's")
      .one_of({{"medoid", Combine::kMedoid}, {"vote", Combine::kVote}});
}

SHOAL_PLUGIN("cluster-ensemble", "0.1.0", "several labellings of the same examples, and the one to trust") {
  plugin.add<ClusterEnsemble, ClusterEnsembleParams>("trainer/cluster-ensemble")
      .in<shoal::Dataset>("data", "what was labelled; its own labels are not looked at")
      .list_in<shoal::Labels>("labels", "at least 2 labellings of 'data', of independent runs")
      .list_in<shoal::Encoder>("encoders", "of the same runs, in the same order; may be left out")
      .out<shoal::Labels>("labels", "the medoid's, or the vote's")
      .out<shoal::Encoder>("encoder", "the medoid's; only where 'encoders' are wired")
      .out<shoal::Number>("chosen", "which labelling is the medoid, from 1")
      .out<shoal::Number>("best_agreement", "the medoid's mean ARI to the others", SHOAL_HIGHER)
      .out<shoal::Series>("agreement", "of each labelling, from 1: its mean ARI to the others");
}
