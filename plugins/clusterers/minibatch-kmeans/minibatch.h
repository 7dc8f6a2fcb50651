// Mini-batch k-means, over plain matrices: one step, and a whole fit.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_MINIBATCH_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_MINIBATCH_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shoal/context.h"
#include "shoal/schema.h"

struct MiniBatchParams {
  std::int64_t k = 8;
  std::string init = "k-means++";  // or "random"
  std::optional<std::int64_t> n_init;
  std::optional<std::int64_t> init_size;
  std::int64_t batch_size = 1024;
  std::int64_t max_iter = 100;
  double tol = 0;
  std::optional<std::int64_t> max_no_improvement = 10;
  double reassignment_ratio = 0.01;
  static void describe(shoal::Schema<MiniBatchParams>& schema);  // in plugin.cpp
};

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
/// batch of them) are put on rows of the batch. Source: D. Sculley, "Web-scale k-means clustering", WWW 2010;
/// reassignment as in scikit-learn.
StepReport take_step(const shoal::Context& context, shoal::ConstArray batch, double reassignment_ratio,
                     shoal::Random random, MiniBatchState& state);

/// The first centroids: for each start drawn from init_size rows of `features`; of several starts, that with the lowest
/// inertia on a validation set of as many rows.
shoal::RowMatrix<double> first_centroids(const shoal::Context& context, shoal::ConstArray features,
                                         std::span<const double> weights, const MiniBatchParams& params,
                                         const shoal::Random& random, shoal::Index starts);

struct MiniBatchFit {
  MiniBatchState state;
  std::vector<shoal::Index> labels;  ///< (N) nearest to state.centroids
  shoal::Index iterations = 0;       ///< passes over the features, rounded up
  bool converged = false;            ///< false: stopped by max_iter
};

/// Steps over batches drawn with replacement, in proportion to the weights, until the smoothed inertia of the batches
/// has not improved for max_no_improvement steps, the centroids move less than tol · mean variance, or max_iter passes
/// are done. Then empty clusters take the farthest rows, and all rows are labelled. Throws Cancelled.
MiniBatchFit fit_minibatch(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                           const std::optional<shoal::ConstArray>& init, const MiniBatchParams& params);

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_MINIBATCH_H_
