// shoal/kernels/fitted_centroids.h: centroids (K, D) as all that a clusterer has learnt.
#ifndef SHOAL_KERNELS_FITTED_CENTROIDS_H_
#define SHOAL_KERNELS_FITTED_CENTROIDS_H_

#include <string_view>

#include "shoal/array.h"
#include "shoal/component.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Throws StateError where there are none yet; `who` is the clusterer's name.
template <typename Scalar>
void require_fitted(const RowMatrix<Scalar>& centroids, std::string_view who) {
  if (centroids.rows() == 0) throw StateError(text("{} is asked for labels before it is fitted", who));
}

/// Puts them into a saved state. Throws StateError where there are none yet.
inline void save_centroids(StateWriter& state, const RowMatrix<double>& centroids, std::string_view who) {
  if (centroids.rows() == 0) throw StateError(text("{} has no state to save before it is fitted", who));
  state.put("centroids", ConstArray(centroids));
}

/// Takes them out again. Throws InputError where they are not `k`, or not finite.
inline RowMatrix<double> load_centroids(const StateReader& state, Index k) {
  const ConstArray saved = state.get("centroids");
  const auto centroids = saved.matrix<double>();
  require(centroids.rows() == k, "k is {} but the saved state has {} centroids", k, centroids.rows());
  require_features(saved);
  return centroids;
}

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_FITTED_CENTROIDS_H_
