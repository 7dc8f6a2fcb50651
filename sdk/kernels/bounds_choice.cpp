#include "bounds_choice.h"

#include <algorithm>
#include <cmath>

namespace shoal::kernels {
namespace {

// Where rows are not projected, one bound that follows the moves of every pair of centroids beats one for each group up
// to about so many centroids: docs/clusterers.md has the figures.
constexpr Index kMostForOneBound = 112;

const char* name_of(Bounds bounds) {
  switch (bounds) {
    case Bounds::kNone: return "lloyd";
    case Bounds::kOne: return "hamerly";
    case Bounds::kGroups: return "yinyang";
    default: return "elkan";
  }
}

Bounds bounds_of(Algorithm algorithm, Index n, Index cols, Index k) {
  switch (algorithm) {
    case Algorithm::kLloyd: return Bounds::kNone;
    case Algorithm::kHamerly: return Bounds::kOne;
    case Algorithm::kYinyang: return Bounds::kGroups;
    case Algorithm::kElkan: return Bounds::kEach;
    default: break;
  }
  if (k == 1 || cols == 1 || n > kManyRows) return Bounds::kNone;
  return k <= (Assignment::projects(n, cols, k) ? kGroupSize : kMostForOneBound) ? Bounds::kOne : Bounds::kGroups;
}

}  // namespace

BoundsChoice::BoundsChoice(Algorithm algorithm, Index n, Index cols, Index k)
    : bounds_(bounds_of(algorithm, n, cols, k)), n_(n), k_(k) {}

void BoundsChoice::learn(const Assignment::Pass& pass) {
  ++passes_;
  scores_ += static_cast<double>(pass.scores);
}

std::string BoundsChoice::summary() const {
  const double all = static_cast<double>(passes_) * static_cast<double>(n_) * static_cast<double>(k_);
  const double percent = std::round(1000 * std::min(1.0, scores_ / all)) / 10;
  return text("{} passes by {}; {} % of the distances were computed", passes_, name_of(bounds_), percent);
}

}  // namespace shoal::kernels
