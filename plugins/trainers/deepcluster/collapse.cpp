#include "collapse.h"

#include <cmath>

#include "shoal/kernels/representation.h"

using shoal::Index;
using shoal::text;

namespace {

constexpr double kNearGuessing = 0.01;
constexpr double kTooLargeShare = 0.5;
constexpr double kTooFewActive = 0.5;

}  // namespace

void CollapseDetector::say(const std::string& what) const {
  if (then_ == OnCollapse::kWarn) context_.log(shoal::Level::kWarning, "{}", what);
  if (then_ == OnCollapse::kStop) throw shoal::Error(SHOAL_E_FAILED, what + " (on_collapse: stop)");
}

std::string CollapseDetector::at(Index epoch, Index head) const {
  return heads_ > 1 ? text("epoch {}, head {}", epoch, head + 1) : text("epoch {}", epoch);
}

void CollapseDetector::look_at_clusters(const PseudoLabels& pseudo, Index asked, Index epoch, Index head) const {
  if (pseudo.largest_share() > kTooLargeShare)
    say(
        text("{}: one cluster holds {} of the examples: ask for more clusters, or whiten what is clustered "
             "(transform/pca with whiten)",
             at(epoch, head), pseudo.largest_share()));
  if (static_cast<double>(pseudo.clusters()) < kTooFewActive * static_cast<double>(asked))
    say(
        text("{}: {} of {} clusters have examples: ask for fewer, balance them (assignment: balanced), or give the "
             "encoder batch norm, without which embeddings may become alike",
             at(epoch, head), pseudo.clusters(), asked));
}

void CollapseDetector::look_at_embedding(double rank_me, Index columns, Index epoch) const {
  if (shoal::kernels::is_near_a_line(rank_me, columns))
    say(
        text("epoch {}: RankMe of the embedding is {}: it fills hardly more than one dimension; give the encoder batch "
             "norm, ask for more clusters, or take a lower learning_rate",
             epoch, rank_me));
}

void CollapseDetector::look_at_loss(double loss, Index clusters, Index epoch, Index head) const {
  const double guessing = std::log(static_cast<double>(clusters));
  if (std::abs(loss - guessing) < kNearGuessing)
    say(
        text("{}: the loss, {}, is that of guessing among {} clusters, ln {} = {}: the encoder learns nothing; "
             "try batch norm in the encoder, a weaker augmentation or another learning_rate",
             at(epoch, head), loss, clusters, clusters, guessing));
}
