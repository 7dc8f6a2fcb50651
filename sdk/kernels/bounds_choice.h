// Which bounds passes keep, and what they saved.
#ifndef SHOAL_KERNELS_BOUNDS_CHOICE_H_
#define SHOAL_KERNELS_BOUNDS_CHOICE_H_

#include <string>

#include "shoal/kernels/lloyd.h"

namespace shoal::kernels {

/// With more rows than this, what is kept for each of them is little: no bounds by `auto`, and no list of changes.
constexpr Index kManyRows = 1 << 24;

/// Chooses by name, or, for `auto`, by numbers of rows, columns and centroids. The labels do not depend on it.
class BoundsChoice {
 public:
  BoundsChoice(Algorithm algorithm, Index n, Index cols, Index k);

  Bounds bounds() const { return bounds_; }
  /// Tells what a pass with these bounds did.
  void learn(const Assignment::Pass& pass);

  /// For the log.
  std::string summary() const;

 private:
  Bounds bounds_;
  Index n_, k_;
  Index passes_ = 0;
  double scores_ = 0;
};

}  // namespace shoal::kernels

#endif  // SHOAL_KERNELS_BOUNDS_CHOICE_H_
