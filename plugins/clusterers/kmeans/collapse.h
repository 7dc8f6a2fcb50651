// Whether Lloyd's iteration looks at equal rows once.
#ifndef SHOAL_PLUGINS_KMEANS_COLLAPSE_H_
#define SHOAL_PLUGINS_KMEANS_COLLAPSE_H_

#include <optional>

#include "shoal/kernels/duplicates.h"

enum class Repeats {
  kAuto,      ///< looked at once where at most half of the rows differ, and the features take at most 1 GiB
  kKeep,      ///< looked at each time
  kCollapse,  ///< looked at once, whatever it costs
};

/// The distinct rows to measure instead of `features`; nothing where all are to be measured. The log says what was
/// found.
std::optional<shoal::kernels::DistinctRows> collapse(const shoal::Context& context, shoal::ConstArray features,
                                                     Repeats repeats);

#endif  // SHOAL_PLUGINS_KMEANS_COLLAPSE_H_
