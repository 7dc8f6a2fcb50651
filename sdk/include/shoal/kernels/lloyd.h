// shoal/kernels/lloyd.h: Lloyd's iteration from given centroids, with or without bounds on distances.
#ifndef SHOAL_KERNELS_LLOYD_H_
#define SHOAL_KERNELS_LLOYD_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shoal/component.h"
#include "shoal/context.h"
#include "shoal/kernels/assignment.h"
#include "shoal/kernels/duplicates.h"
#include "shoal/kernels/sizes.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// How the nearest centroids are found. All of them find the same ones, so the result is the same to the last bit.
enum class Algorithm { kAuto, kLloyd, kHamerly, kYinyang, kElkan };

/// When to stop. An iteration that changes no label always is the last.
struct StopRules {
  Index max_iter = 300;                       ///< passes at most
  double squared_shift = 0;                   ///< Σ ‖new − old centroid‖² is at most this
  std::optional<double> center_shift = {};    ///< no centroid moved farther than this
  std::optional<double> inertia_rel = {};     ///< the inertia fell by at most this share of itself
  std::optional<double> changed_labels = {};  ///< at most this share of the rows changed their label
  std::optional<double> max_seconds = {};     ///< the only rule under which the result depends on the machine
};

/// Where Lloyd's iteration is after one of its iterations: all that the others depend on. Bounds are not in it, as they
/// change speed alone.
struct LloydState {
  RowMatrix<double> centroids = {};         ///< (K, D)
  std::vector<Index> labels = {};           ///< (N) that the means are of
  RunningMeans::Kept means = {};            ///< sums that later ones are added to, so that they round alike
  Index iterations = 0;                     ///< done
  std::optional<double> last_inertia = {};  ///< where a rule asks for it
  double seconds = 0;                       ///< that they took, for StopRules::max_seconds

  /// Throws InputError  the state has no such arrays
  static LloydState load(const StateReader& state);
};

/// What is not plain Lloyd.
struct LloydOptions {
  Algorithm algorithm = Algorithm::kAuto;  ///< speed only
  /// Labels are those of the least inertia among all that keep the limits, so that a row need not have its nearest
  /// centroid; there must be no weights then. Source: Bradley, Bennett, Demiriz, "Constrained k-means clustering",
  /// MSR-TR-2000-65.
  std::optional<SizeLimits> sizes = {};
  /// The distinct rows of the features, of which alone distances are computed then. Labels are spread to all rows after
  /// each pass, and sums, repairs and counts go over all rows in their order: the result is the same to the last bit.
  /// Not together with `sizes`. Read until the end.
  const DistinctRows* distinct = nullptr;
  /// Each mean is divided by its length; one of length 0 leaves its centroid where it is. Rows and first centroids must
  /// have length 1: then the nearest centroid is the one of the greatest cosine. Not together with `inertia_rel`.
  /// Source: Dhillon and Modha, Machine Learning 42 (2001) 143–175.
  bool unit_centroids = false;
  /// Where an earlier call with the same arguments was: it goes on from there, and ends with the bytes of one that did
  /// not stop. Null: begins with `centroids`. Read at the beginning.
  const LloydState* from = nullptr;
  /// Called after each iteration that is not the last with their number and with what puts a LloydState into a saved
  /// state, as Checkpoint::offer takes it. May be empty.
  std::function<void(Index iterations, const std::function<void(StateWriter&)>& save)> offer = {};
};

/// Labels and centroids that belong together: each label is its row's nearest centroid (shoal::kernels::nearest).
struct Clusters {
  RowMatrix<double> centroids = {};  ///< (K, D)
  Array labels = {};                 ///< (N) int64
  Index iterations = 0;              ///< passes over the rows
  bool converged = false;            ///< false: stopped by max_iter or max_seconds
  std::string how = {};              ///< what was done, in words: passes of each kind, the share of scores computed

  std::span<const Index> label_values() const { return labels.view().vector<Index>(); }  ///< (N) int64
};

/// Alternates labels and means until the labels stay the same or another rule says stop, as scikit-learn does, which
/// also says how iterations are counted. A cluster that loses all rows takes the row farthest from its centroid; where
/// no row is left that differs from its centroid, it takes the heaviest cluster's centroid and stays empty.
///
/// `features` (N, D) float32, float64 or uint8, `centroids` (K, D), `weights` (N) or empty. Time O(N·K·D) per
/// iteration at most, memory as Assignment. Throws Cancelled. Source: S. P. Lloyd, "Least squares quantization in PCM",
/// IEEE Trans. Inf. Theory 28 (1982) 129–137.
Clusters lloyd(const Context& context, ConstArray features, std::span<const double> weights,
               RowMatrix<double> centroids, const StopRules& stop, const LloydOptions& options = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_LLOYD_H_
