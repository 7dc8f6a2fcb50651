#include "bounds_choice.h"

#include <algorithm>
#include <cmath>

namespace shoal::kernels {
namespace {

const char* name_of(Bounds bounds) {
  switch (bounds) {
    case Bounds::kNone: return "lloyd";
    case Bounds::kOne: return "hamerly";
    case Bounds::kGroups: return "yinyang";
    default: return "elkan";
  }
}

}  // namespace

BoundsChoice::BoundsChoice(Algorithm algorithm, Index n, Index cols, Index k)
    : algorithm_(algorithm),
      n_(n),
      k_(k),
      of_use_(k > 1 && cols > 1 && n <= kManyRows),
      one_group_(k <= kGroupSize),
      bounds_may_wait_(one_group_ && !Assignment::projects(n, cols, k)) {}

Bounds BoundsChoice::bounds_of_choice() const {
  switch (algorithm_) {
    case Algorithm::kLloyd: return Bounds::kNone;
    case Algorithm::kHamerly: return Bounds::kOne;
    case Algorithm::kYinyang: return Bounds::kGroups;
    case Algorithm::kElkan: return Bounds::kEach;
    default: return one_group_ ? Bounds::kOne : Bounds::kGroups;
  }
}

Bounds BoundsChoice::next() const {
  if (algorithm_ != Algorithm::kAuto) return bounds_of_choice();
  if (!of_use_) return Bounds::kNone;
  if (bounds_may_wait_ && !held_ && changed_share_ > wait_until_share_) return Bounds::kNone;
  return bounds_of_choice();
}

void BoundsChoice::learn(const Assignment::Pass& pass, double seconds) {
  const bool bounds = next() != Bounds::kNone;
  const bool all_rows = pass.rows_read == n_;  // the first pass with bounds looks at all
  changed_share_ = pass.first ? 1 : static_cast<double>(pass.changes) / static_cast<double>(n_);
  if (!bounds) plain_seconds_ = plain_seconds_ == 0 ? seconds : std::min(plain_seconds_, seconds);
  held_ = bounds;
  if (bounds && one_group_ && !all_rows && plain_seconds_ > 0 && seconds > plain_seconds_) {
    held_ = false;
    wait_until_share_ = changed_share_ / 2;
  }
  ++passes_;
  with_bounds_ += bounds ? 1 : 0;
  scores_ += static_cast<double>(pass.scores);
}

std::string BoundsChoice::summary() const {
  const double all = static_cast<double>(passes_) * static_cast<double>(n_) * static_cast<double>(k_);
  const double percent = std::round(1000 * std::min(1.0, scores_ / all)) / 10;
  return text("{} passes, {} of them with the bounds of {}; {} % of the distances were computed", passes_, with_bounds_,
              name_of(bounds_of_choice()), percent);
}

}  // namespace shoal::kernels
