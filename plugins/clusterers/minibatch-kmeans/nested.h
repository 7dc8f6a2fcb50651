// Nested mini-batch k-means, over plain matrices.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_NESTED_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_NESTED_H_

#include <optional>
#include <span>

#include "minibatch.h"
#include "shoal/context.h"

/// k-means over a batch that only grows: the next one holds all examples of this one. Each step gives every example of
/// the batch its nearest centroid, and each centroid becomes the mean of the examples that have it now, so that an
/// example counts once however often it was used.
///
/// The batch doubles where a step moves the centroids less than they are certain. Over the v examples of cluster j,
/// σ̂(j)² = Σ ‖x − centroid j‖² / (v² − v) is the variance of their mean, and p(j) is how far the centroid moved: a
/// median of σ̂(j) / p(j) above `rho` says that this is fine-tuning to a batch. Without a `rho` (infinite) only a
/// standstill does. With a tol, squared shifts of tol · mean variance or less do too. When the whole is the batch, the
/// same test ends the fit, as do max_iter · N examples looked at. Then empty clusters take the farthest rows, and all
/// rows are labelled. Throws Cancelled.
///
/// Source: J. Newling, F. Fleuret, "Nested mini-batch k-means", NIPS 2016, arXiv:1602.02934.
/// As there   nested batches, one contribution of each example, doubling by σ̂/p against ρ. The median over the clusters
///            and the default of 1 are those of the authors' program, eakmeans.
/// Otherwise  no triangle bounds: every step looks at the whole batch. Means are found anew in each step: the same sums
///            as with old contributions subtracted, without their rounding errors. Seeds by `init`, not the first k
///            examples. The test ends the fit, where theirs goes on to Lloyd's standstill (ρ infinite does here).
///            Weights count; a cluster without examples in the batch stays where it is.
MiniBatchFit fit_nested(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                        const std::optional<shoal::ConstArray>& init, const MiniBatchParams& params);

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_NESTED_H_
