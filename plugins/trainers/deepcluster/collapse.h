// collapse.h: whether training goes nowhere, and what to change. Plain C++, no LibTorch.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_COLLAPSE_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_COLLAPSE_H_

#include "pseudo_labels.h"
#include "shoal/context.h"

enum class OnCollapse { kWarn, kStop, kIgnore };

/// Looks at each assignment and each epoch for the signs of collapse, and names the usual cures. Limits are:
///
///   loss            within 0.01 of ln K: no more than guessing
///   largest share   above ½ of the examples in one cluster
///   active          below half of the clusters that the clusterer was asked for
///   RankMe          below 2: the embeddings lie near a line
///
/// Of several heads each is looked at, and named where there are more than one.
class CollapseDetector {
 public:
  CollapseDetector(const shoal::Context& context, OnCollapse then, shoal::Index heads)
      : context_(context), then_(then), heads_(heads) {}

  /// `asked`: clusters that the clusterer was asked for.
  /// Throws Error  a sign of collapse, where it shall stop the run
  void look_at_clusters(const PseudoLabels& pseudo, shoal::Index asked, shoal::Index epoch, shoal::Index head) const;
  void look_at_embedding(double rank_me, shoal::Index columns, shoal::Index epoch) const;
  /// `loss`: the mean over an epoch.
  void look_at_loss(double loss, shoal::Index clusters, shoal::Index epoch, shoal::Index head) const;

 private:
  void say(const std::string& what) const;
  std::string at(shoal::Index epoch, shoal::Index head) const;

  const shoal::Context& context_;
  OnCollapse then_;
  shoal::Index heads_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_COLLAPSE_H_
