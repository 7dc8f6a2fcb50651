// labeller.h: where the pseudo-labels of each head come from: clusterers, or given labels and a vote.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_LABELLER_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_LABELLER_H_

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "assignment.h"
#include "pseudo_labels.h"
#include "shoal/torch/trainer.h"

/// How labels are made. An option that the others leave no use for must not be given.
struct LabelOptions {
  Assignment assignment = Assignment::kHard;
  std::optional<double> epsilon = {};          ///< of balanced: 0.05
  std::optional<double> size_cap = {};         ///< of capped: 2
  std::optional<double> drop_far = {};         ///< 0; of confident 0.1
  bool warm_start = false;                     ///< clusterers begin at the means of the previous labels
  std::optional<shoal::Index> heads = {};      ///< as many as clusterers
  std::optional<shoal::Index> neighbors = {};  ///< of a vote: 15
  std::optional<shoal::Index> votes = {};      ///< of a vote: 2

  /// Throws InputError  an option is given that belongs to another assignment, or 'confident' leaves nobody out
  void check() const;
};

/// The labels of one head.
struct HeadLabels {
  PseudoLabels all;        ///< of every example
  PseudoLabels confident;  ///< the same numbers without those that the epoch leaves out
  shoal::Index asked = 0;  ///< clusters that the clusterer was asked for; of a vote those that there were
};

/// Makes the pseudo-labels of all heads, anew for each assignment.
class Labeller {
 public:
  /// Takes port `clusterer` or port `labels` of `inputs`, of which one is wired.
  /// Throws InputError  both or none is wired, or an option does not fit
  Labeller(shoal::Inputs& inputs, const LabelOptions& options, shoal::Index examples);

  shoal::Index heads() const { return heads_; }
  /// Whether labels were given and neighbours vote; there is one head then.
  bool votes() const { return clusterers_.empty(); }

  /// Groups `features` (N, D): for each head clusters without their empty ones, and numbered like those of the previous
  /// assignment where there was one. Reports `nmi_previous` and `churn` of the first head.
  /// Throws Error  fewer than two clusters are left
  const std::vector<HeadLabels>& assign(shoal::Context& context, shoal::ConstArray features, shoal::Index epoch);

  const std::vector<HeadLabels>& labels() const { return labels_; }

  /// For a checkpoint after assign: the labels of all heads. Clusterers are fitted anew each time, and keep nothing.
  void save(shoal::StateWriter& state) const;
  void load(const shoal::StateReader& state);

 private:
  HeadLabels label(shoal::Context& context, shoal::ConstArray features, shoal::Index head, shoal::Index epoch);
  PseudoLabels cluster(shoal::Context& context, shoal::ConstArray features, shoal::Index head, shoal::Index epoch,
                       shoal::Index& asked);
  PseudoLabels vote(shoal::Context& context, shoal::ConstArray features, shoal::Index epoch) const;
  PseudoLabels apply_policy(shoal::Context& context, shoal::ConstArray features, PseudoLabels found) const;
  const PseudoLabels* previous(shoal::Index head) const;

  LabelOptions options_;
  shoal::Index heads_ = 1;
  std::vector<std::unique_ptr<shoal::Clusterer>> clusterers_;  // head h has the one numbered h modulo their count
  PseudoLabels given_;
  std::vector<HeadLabels> labels_;  // by head; empty before the first assignment
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_LABELLER_H_
