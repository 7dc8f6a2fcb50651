#include "labeller.h"

#include <algorithm>

#include "shoal/checkpoint.h"
#include "shoal/kernels/agreement.h"
#include "shoal/kernels/neighbors.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::require;

void require_two(const PseudoLabels& now, Index epoch, std::string_view cure) {
  if (now.clusters() >= 2) return;
  throw shoal::Error(SHOAL_E_FAILED,
                     shoal::text("at least 2 clusters are needed, but in epoch {} {} of {} examples are in {}: {}",
                                 epoch, now.labelled(), now.labels.size(), now.clusters(), cure));
}

void save_labels(shoal::StateWriter& state, const std::string& name, const PseudoLabels& pseudo) {
  state.put(name, ConstArray(pseudo.labels));
  state.put(name + " sizes", ConstArray(pseudo.sizes));
}

PseudoLabels load_labels(const shoal::StateReader& state, const std::string& name) {
  return {shoal::load_vector<std::int64_t>(state, name), shoal::load_vector<std::int64_t>(state, name + " sizes")};
}

}  // namespace

void LabelOptions::check() const {
  require(!epsilon || assignment == Assignment::kBalanced, "'epsilon' belongs to assignment 'balanced'");
  require(!size_cap || assignment == Assignment::kCapped, "'size_cap' belongs to assignment 'capped'");
  require(assignment != Assignment::kConfident || drop_far != 0.0,
          "assignment 'confident' leaves out the farthest examples, but 'drop_far' is 0; 'hard' leaves nobody out");
}

Labeller::Labeller(shoal::Inputs& inputs, const LabelOptions& options, Index examples) : options_(options) {
  const bool labels = inputs.has("labels");
  require(labels != inputs.has("clusterer"),
          "pseudo-labels come from a clusterer, or from given labels and a vote: wire one of 'clusterer' and 'labels', "
          "not {}",
          labels ? "both" : "none");
  if (labels) {
    require(options.assignment == Assignment::kHard || options.assignment == Assignment::kConfident,
            "assignment '{}' is of a clusterer's clusters, but 'labels' are wired, and neighbours vote",
            options.assignment == Assignment::kBalanced ? "balanced" : "capped");
    require(!options.warm_start, "'warm_start' is for a clusterer, but 'labels' are wired");
    const Index heads = options.heads.value_or(1);
    require(heads == 1, "given 'labels' are for 1 head, but 'heads' is {}", heads);
    given_ = compact(shoal::labels_of(inputs, "labels", "data", examples).view().vector<std::int64_t>());
    require_two(given_, 1, "'labels' say so");
    return;
  }
  require(!options.neighbors && !options.votes,
          "'{}' is for the vote that refines given 'labels', but a clusterer is wired",
          options.neighbors ? "neighbors" : "votes");
  const Index count = inputs.count("clusterer");
  heads_ = options.heads.value_or(count);
  require(heads_ >= count, "every clusterer needs a head: {} are wired, but 'heads' is {}", count, heads_);
  for (Index i = 0; i < count; ++i) clusterers_.push_back(inputs.clusterer("clusterer", i));
}

const std::vector<HeadLabels>& Labeller::assign(Context& context, ConstArray features, Index epoch) {
  std::vector<HeadLabels> now;
  for (Index head = 0; head < heads_; ++head) now.push_back(label(context, features, head, epoch));
  return labels_ = std::move(now);
}

HeadLabels Labeller::label(Context& context, ConstArray features, Index head, Index epoch) {
  HeadLabels out;
  if (votes()) {
    out.asked = given_.clusters();
    out.all = vote(context, features, epoch);
  } else {
    out.all = apply_policy(context, features, cluster(context, features, head, epoch, out.asked));
    require_two(out.all, epoch, "a smaller 'epsilon' or 'size_cap' keeps more clusters");
  }
  if (const PseudoLabels* before = previous(head)) {
    Matched matched = match_to(*before, out.all);
    if (head == 0) {
      const auto table = shoal::kernels::contingency(before->labels, out.all.labels);
      context.scalar("nmi_previous", shoal::kernels::nmi(table), epoch);
      context.scalar("churn", matched.churn, epoch);
    }
    out.all = std::move(matched.now);
  }
  const bool confident = options_.assignment == Assignment::kConfident;
  out.confident = without_farthest(context, features, out.all, options_.drop_far.value_or(confident ? 0.1 : 0));
  return out;
}

const PseudoLabels* Labeller::previous(Index head) const {
  if (!labels_.empty()) return &labels_[static_cast<std::size_t>(head)].all;
  return votes() ? &given_ : nullptr;
}

PseudoLabels Labeller::cluster(Context& context, ConstArray features, Index head, Index epoch, Index& asked) {
  shoal::SubContext own(context, head == 0 ? "clusterer" : shoal::text("clusterer {}", head), epoch);
  shoal::FitInput input{.features = features};
  shoal::RowMatrix<double> means;
  if (const PseudoLabels* before = previous(head); options_.warm_start && before != nullptr) {
    // The means in the features of now: transforms are fitted anew, so coordinates of earlier centroids mean nothing.
    means = centroids(features, *before);
    if (before->clusters() == labels_[static_cast<std::size_t>(head)].asked) input.init = ConstArray(means);
    else
      context.log(shoal::Level::kInfo,
                  "epoch {}: only {} of {} clusters had examples, so the clusterer starts without them", epoch,
                  before->clusters(), labels_[static_cast<std::size_t>(head)].asked);
  }
  const auto& clusterer = clusterers_[static_cast<std::size_t>(head) % clusterers_.size()];
  const shoal::Clustering found = clusterer->fit(own, input);
  asked = found.clusters;
  PseudoLabels now = compact(found.labels.view().vector<std::int64_t>());
  require_two(now, epoch,
              "ask the clusterer for more clusters, or give the encoder batch norm, without which it may collapse");
  return now;
}

PseudoLabels Labeller::apply_policy(Context& context, ConstArray features, PseudoLabels found) const {
  switch (options_.assignment) {
    case Assignment::kBalanced: return balanced(context, features, found, options_.epsilon.value_or(0.05));
    case Assignment::kCapped: return capped(context, features, found, options_.size_cap.value_or(2));
    case Assignment::kHard:
    case Assignment::kConfident: break;
  }
  return found;
}

PseudoLabels Labeller::vote(Context& context, ConstArray features, Index epoch) const {
  const shoal::kernels::Neighbors neighbors =
      shoal::kernels::nearest_neighbors(context, features, options_.neighbors.value_or(15));
  std::vector<std::int64_t> labels = previous(0)->labels;
  for (Index round = 0; round < options_.votes.value_or(2); ++round)
    labels = shoal::kernels::majority_vote(neighbors, labels);
  PseudoLabels now = compact(labels);
  require_two(now, epoch, "all neighbours agree; fewer 'neighbors' or 'votes' may keep classes apart");
  return now;
}

void Labeller::save(shoal::StateWriter& state) const {
  for (std::size_t head = 0; head < labels_.size(); ++head) {
    save_labels(state, shoal::text("labels {}", head), labels_[head].all);
    save_labels(state, shoal::text("confident {}", head), labels_[head].confident);
    shoal::save_number(state, shoal::text("asked {}", head), labels_[head].asked);
  }
}

void Labeller::load(const shoal::StateReader& state) {
  labels_.clear();
  for (Index head = 0; head < heads_; ++head)
    labels_.push_back({load_labels(state, shoal::text("labels {}", head)),
                       load_labels(state, shoal::text("confident {}", head)),
                       shoal::load_number<std::int64_t>(state, shoal::text("asked {}", head))});
}
