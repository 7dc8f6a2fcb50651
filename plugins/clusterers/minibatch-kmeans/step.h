// One step of mini-batch k-means, over plain matrices.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_STEP_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_STEP_H_

#include <vector>

#include "shoal/context.h"
#include "shoal/matrix.h"

/// What is learned: centroids, and what the next step has to know.
struct MiniBatchState {
  shoal::RowMatrix<double> centroids;   ///< (K, D); no rows before the first step
  std::vector<double> counts;           ///< (K) examples that each centroid has averaged so far
  shoal::Index since_reassignment = 0;  ///< examples seen since centroids were last reassigned
  shoal::Index steps = 0;
};

struct StepReport {
  double mean_inertia = 0;   ///< of the batch, to the centroids before the step
  double squared_shift = 0;  ///< Σ ‖new − old centroid‖²
};

/// One step: each centroid moves to the mean of all examples that it has been given so far. When a centroid never had
/// any, or 10·K examples have passed, those with fewer than reassignment_ratio times the greatest count (at most half a
/// batch of them) are put on rows of the batch. Time O(B·K·D), memory O(B + K·D). The same bits for any number of
/// threads and for float32, float64 and uint8 rows of the same numbers. Source: D. Sculley, "Web-scale k-means
/// clustering", WWW 2010; reassignment as in scikit-learn.
StepReport take_step(const shoal::Context& context, shoal::ConstArray batch, double reassignment_ratio,
                     shoal::Random random, MiniBatchState& state);

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_STEP_H_
