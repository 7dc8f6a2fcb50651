#include "bounds_choice.h"

#include <algorithm>
#include <cmath>

using shoal::kernels::Bounds;

namespace {

constexpr shoal::Index kGroup = 16;          // centroids that Bounds::kGroups takes together
constexpr shoal::Index kProjectedCols = 96;  // from here on few dimensions say who is far, which comes with bounds

}  // namespace

BoundsChoice::BoundsChoice(Algorithm algorithm, shoal::Index n, shoal::Index cols, shoal::Index k)
    : algorithm_(algorithm), n_(n), cols_(cols), k_(k) {}

Bounds BoundsChoice::bounds_of_choice() const {
  switch (algorithm_) {
    case Algorithm::kLloyd: return Bounds::kNone;
    case Algorithm::kHamerly: return Bounds::kOne;
    case Algorithm::kYinyang: return Bounds::kGroups;
    default: return k_ <= kGroup ? Bounds::kOne : Bounds::kGroups;
  }
}

Bounds BoundsChoice::next() const {
  if (algorithm_ != Algorithm::kAuto) return bounds_of_choice();
  if (k_ == 1 || n_ > kManyRows) return Bounds::kNone;
  if (k_ <= kGroup && cols_ < kProjectedCols && !held_ && changed_share_ > wait_until_share_) return Bounds::kNone;
  return bounds_of_choice();
}

void BoundsChoice::learn(const shoal::kernels::Assignment::Pass& pass, double seconds) {
  const bool bounds = next() != Bounds::kNone;
  const bool all_rows = pass.rows_read == n_;  // the first pass with bounds looks at all
  changed_share_ = pass.first ? 1 : static_cast<double>(pass.changes) / static_cast<double>(n_);
  if (!bounds) plain_seconds_ = plain_seconds_ == 0 ? seconds : std::min(plain_seconds_, seconds);
  held_ = bounds;
  if (bounds && k_ <= kGroup && !all_rows && plain_seconds_ > 0 && seconds > plain_seconds_) {
    held_ = false;
    wait_until_share_ = changed_share_ / 2;
  }
  ++passes_;
  with_bounds_ += bounds ? 1 : 0;
  scores_ += static_cast<double>(pass.scores);
}

std::string BoundsChoice::summary() const {
  const Bounds bounds = bounds_of_choice();
  const char* name = bounds == Bounds::kNone ? "lloyd" : bounds == Bounds::kOne ? "hamerly" : "yinyang";
  const double all = static_cast<double>(passes_) * static_cast<double>(n_) * static_cast<double>(k_);
  const double percent = std::round(1000 * std::min(1.0, scores_ / all)) / 10;
  return shoal::text("{} passes, {} of them with the bounds of {}; {} % of the distances were computed", passes_,
                     with_bounds_, name, percent);
}
