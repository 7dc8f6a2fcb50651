// Lloyd's iteration from given centroids, over plain matrices, with or without bounds on distances.
#ifndef SHOAL_PLUGINS_KMEANS_LLOYD_H_
#define SHOAL_PLUGINS_KMEANS_LLOYD_H_

#include <optional>
#include <span>
#include <string>

#include "shoal/context.h"
#include "shoal/kernels/assignment.h"
#include "shoal/kernels/duplicates.h"
#include "shoal/kernels/sizes.h"

/// How the nearest centroids are found. All of them find the same ones, so the result is the same to the last bit.
enum class Algorithm { kAuto, kLloyd, kHamerly, kYinyang, kElkan };

/// When to stop. An iteration that changes no label always is the last.
struct StopRules {
  shoal::Index max_iter = 300;
  double squared_shift = 0;                   ///< Σ ‖new − old centroid‖² is at most this
  std::optional<double> center_shift = {};    ///< no centroid moved farther than this
  std::optional<double> inertia_rel = {};     ///< the inertia fell by at most this share of itself
  std::optional<double> changed_labels = {};  ///< at most this share of the rows changed their label
  std::optional<double> max_seconds = {};     ///< the only rule under which the result depends on the machine
};

/// Labels and centroids that belong together: each label is its row's nearest centroid (shoal::kernels::nearest).
struct Clusters {
  shoal::RowMatrix<double> centroids = {};  ///< (K, D)
  shoal::Array labels = {};                 ///< (N) int64
  shoal::Index iterations = 0;
  bool converged = false;  ///< false: stopped by max_iter or max_seconds
  std::string how = {};    ///< what was done, in words: passes of each kind, the share of scores computed

  std::span<const shoal::Index> label_values() const { return labels.view().vector<shoal::Index>(); }
};

/// Alternates labels and means until the labels stay the same or another rule says stop, as scikit-learn does, which
/// also says how iterations are counted. A cluster that loses all rows takes the row farthest from its centroid; where
/// no row is left that differs from its centroid, it takes the heaviest cluster's centroid and stays empty.
///
/// With `sizes`, labels are those of the least inertia among all that keep the limits, so that a row need not have its
/// nearest centroid; `weights` must be empty then. Source: Bradley, Bennett, Demiriz, "Constrained k-means clustering",
/// MSR-TR-2000-65.
///
/// With `distinct`, which are the distinct rows of `features`, distances are computed for these alone. Labels are
/// spread to all rows after each pass, and sums, repairs and counts go over all rows in their order: the result is the
/// same to the last bit. Not together with `sizes`.
///
/// `features` (N, D) float32, float64 or uint8, `centroids` (K, D), `weights` (N) or empty. Time O(N·K·D) per
/// iteration at most, memory as shoal::kernels::Assignment. Throws Cancelled. Source: S. P. Lloyd, "Least squares
/// quantization in PCM", IEEE Trans. Inf. Theory 28 (1982) 129–137.
Clusters lloyd(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
               shoal::RowMatrix<double> centroids, const StopRules& stop, Algorithm algorithm = Algorithm::kAuto,
               const std::optional<shoal::kernels::SizeLimits>& sizes = {},
               const shoal::kernels::DistinctRows* distinct = nullptr);

#endif  // SHOAL_PLUGINS_KMEANS_LLOYD_H_
