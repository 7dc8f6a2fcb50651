// Mini-batch k-means, over plain matrices: a whole fit.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_MINIBATCH_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_MINIBATCH_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shoal/context.h"
#include "shoal/schema.h"
#include "step.h"

struct MiniBatchParams {
  std::int64_t k = 8;
  std::string algorithm = "sculley";  // or "nested"
  std::string init = "k-means++";     // or "random"
  std::optional<std::int64_t> n_init = {};
  std::optional<std::int64_t> init_size = {};
  std::int64_t batch_size = 1024;
  std::int64_t max_iter = 100;
  double tol = 0;
  std::optional<std::int64_t> max_no_improvement = 10;           // sculley alone
  double reassignment_ratio = 0.01;                              // sculley alone
  std::optional<double> rho = 1;                                 // nested alone; absent: infinite
  static void describe(shoal::Schema<MiniBatchParams>& schema);  // in plugin.cpp
};

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
