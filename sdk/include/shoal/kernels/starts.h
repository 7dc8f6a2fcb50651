// shoal/kernels/starts.h: how a clusterer begins that moves centroids.
#ifndef SHOAL_KERNELS_STARTS_H_
#define SHOAL_KERNELS_STARTS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "shoal/clusterer.h"
#include "shoal/kernels/seeding.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Throws InputError where initial centroids are given, and are not `k` or have other columns than the features.
inline void require_initial_centroids(const FitInput& input, Index k) {
  if (!input.init) return;
  require_feature_shape(*input.init, {.cols = input.features.cols()});
  require(input.init->rows() == k, "k is {} but {} initial centroids are given", k, input.init->rows());
}

/// From given centroids all starts are one: the log warns where more are asked for.
inline void warn_of_one_start(const Context& context, const FitInput& input, std::optional<std::int64_t> n_init) {
  if (input.init && n_init.value_or(1) > 1)
    context.log(Level::kWarning, "n_init is {}, but from given centroids all starts are one: it is run once", *n_init);
}

/// How often to start: `n_init` times, `otherwise` where nobody says, and once from given centroids, with that warning.
inline Index count_starts(const Context& context, const FitInput& input, std::optional<std::int64_t> n_init,
                          Index otherwise = 1) {
  warn_of_one_start(context, input, n_init);
  return input.init ? 1 : n_init.value_or(otherwise);
}

/// The centroids (K, D) of start number `start`: those given, else `k` rows of the features, chosen by `method` from
/// the node's stream "init". Throws InputError  as require_initial_centroids
inline RowMatrix<double> first_centroids(const Context& context, const FitInput& input, std::span<const double> weights,
                                         Index k, Seeding method, Index start) {
  require_initial_centroids(input, k);
  if (input.init) return to_float64(*input.init);
  const Random random = context.random("init").fork(static_cast<std::uint64_t>(start));
  return take_rows(input.features, seed_rows(method, context, input.features, k, random, weights));
}

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_STARTS_H_
