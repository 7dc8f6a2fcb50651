// Which bounds the next pass keeps.
#ifndef SHOAL_KERNELS_BOUNDS_CHOICE_H_
#define SHOAL_KERNELS_BOUNDS_CHOICE_H_

#include <string>

#include "shoal/kernels/lloyd.h"

namespace shoal::kernels {

/// With more rows than this, what is kept for each of them is little: no bounds by `auto`, and no list of changes.
constexpr Index kManyRows = 1 << 24;

/// Chooses by name, or, for `auto`, by what passes cost. Bounds pay only once centroids have settled, for which they
/// are kept from the third pass on; where there is one group alone (K ≤ 16) a pass with bounds may cost more than one
/// without, so they wait until few labels change, and are dropped for a while when they were slower. The clock decides
/// speed alone: the labels do not depend on it.
class BoundsChoice {
 public:
  BoundsChoice(Algorithm algorithm, Index n, Index cols, Index k);

  Bounds next() const;
  /// Tells what a pass with next()'s bounds did and how long it took.
  void learn(const Assignment::Pass& pass, double seconds);

  /// For the log.
  std::string summary() const;

 private:
  Bounds bounds_of_choice() const;

  Algorithm algorithm_;
  Index n_, k_;
  bool of_use_, one_group_, bounds_may_wait_;
  Index passes_ = 0, with_bounds_ = 0;
  double scores_ = 0;
  double changed_share_ = 1;       // of the rows, in the last pass
  double wait_until_share_ = 0.1;  // bounds are kept when fewer rows change
  double plain_seconds_ = 0;       // the fastest pass without bounds
  bool held_ = false;              // whether the last pass kept bounds
};

}  // namespace shoal::kernels

#endif  // SHOAL_KERNELS_BOUNDS_CHOICE_H_
