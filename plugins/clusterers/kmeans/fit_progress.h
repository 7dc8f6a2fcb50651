// fit_progress.h: where a fit of several starts is, so that it can go on from there.
#ifndef SHOAL_PLUGINS_CLUSTERERS_KMEANS_FIT_PROGRESS_H_
#define SHOAL_PLUGINS_CLUSTERERS_KMEANS_FIT_PROGRESS_H_

#include <optional>

#include "shoal/component.h"
#include "shoal/kernels/lloyd.h"

/// The starts that are over, and where the one at work is.
struct FitProgress {
  std::int64_t start = 0;              ///< at work, from 0
  shoal::Index iterations_before = 0;  ///< of the starts that are over
  shoal::kernels::Clusters best;       ///< of them; none where start is 0
  double least = 0;                    ///< the inertia of `best`
  std::optional<shoal::kernels::LloydState> at_work;

  /// A start is over. It is the best if it is the first or its inertia is the least so far.
  void finish(shoal::kernels::Clusters found, double inertia);

  /// `save_start` puts the state of the start at work.
  void save(shoal::StateWriter& state, const std::function<void(shoal::StateWriter&)>& save_start) const;
  /// Throws InputError  the state has no such arrays
  static FitProgress load(const shoal::Context& context, const shoal::StateReader& state);
};

#endif  // SHOAL_PLUGINS_CLUSTERERS_KMEANS_FIT_PROGRESS_H_
