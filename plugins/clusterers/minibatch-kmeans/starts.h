// Where mini-batch k-means starts from.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_STARTS_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_STARTS_H_

#include <span>

#include "minibatch.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

/// The first centroids: for each start drawn from init_size rows of `features`; of several starts, that with the lowest
/// inertia on a validation set of as many rows.
shoal::RowMatrix<double> first_centroids(const shoal::Context& context, shoal::ConstArray features,
                                         std::span<const double> weights, const MiniBatchParams& params,
                                         const shoal::Random& random, shoal::Index starts);

/// The same for a fit: the centroids that are given, or those above from as many starts as n_init says.
shoal::RowMatrix<double> first_centroids(const shoal::Context& context, shoal::ConstArray features,
                                         std::span<const double> weights, const std::optional<shoal::ConstArray>& init,
                                         const MiniBatchParams& params);

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_STARTS_H_
