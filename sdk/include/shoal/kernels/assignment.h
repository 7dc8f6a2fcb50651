// shoal/kernels/assignment.h: nearest centroids of the same rows again and again, while the centroids move.
#ifndef SHOAL_KERNELS_ASSIGNMENT_H_
#define SHOAL_KERNELS_ASSIGNMENT_H_

#include <memory>
#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/sums.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kGroupSize = 16;  ///< centroids that have one bound together, where there is room for that

/// What is remembered of a row's distances, so that rows and centroids need not be compared where the triangle
/// inequality already says who is nearer.
enum class Bounds {
  kNone,    ///< nothing: every row with every centroid (Lloyd)
  kOne,     ///< one bound for all other centroids (Hamerly; up to K = 256 by how pairs of centroids move)
  kGroups,  ///< one for each group of 16 centroids, or of more where 24 MB would not hold them (Yinyang)
  kEach,    ///< one for each other centroid: N·K float32 (Elkan)
};

/// What a pass tells of the rows whose label changed.
enum class Changes {
  kListed,   ///< each of them: 24 bytes for each
  kCounted,  ///< how many
};

/// Labels of N rows under centroids that change from call to call: what nearest() would say, to the last one, but
/// without looking at most rows once the centroids have settled.
///
/// Bounds are kept in float32, rounded outwards, with the error of the float32 scores in them; a row is skipped only
/// where float64 would certainly give it the same label (docs/kernels.md has the proof).
///
/// Threads  one at a time; it uses the host's pool
/// Memory   O(K·D) and N labels (the caller's); with bounds 3 words a row more, at most 24 MB of bounds (or one a row),
///          and 32 MB of projected rows (or 16 words a row) where D ≥ 96, or of turned rows where D ≤ 64; with
///          Bounds::kEach 4·N·K bytes
/// Source   Hamerly, SDM 2010; Ding et al., "Yinyang K-means", ICML 2015; Elkan, ICML 2003; Newling and Fleuret, "Fast
///          k-means with accurate bounds", ICML 2016
class Assignment {
 public:
  /// `features` (N, D) float32, float64 or uint8, finite; both are used until the end. `labels` (N) is written to.
  Assignment(ConstArray features, Index k, std::span<Index> labels);
  ~Assignment();
  Assignment(const Assignment&) = delete;
  Assignment& operator=(const Assignment&) = delete;

  /// Whether, with bounds, rows are projected first, so that bounds pay from the first pass on.
  static bool projects(Index n, Index cols, Index k);
  /// Throws InputError  the bounds would take more than the memory of this machine (both are named)
  static void require_room(Bounds bounds, Index n, Index k);

  /// What one call did.
  struct Pass {
    bool first = false;                    ///< all labels are new
    Index changes = 0;                     ///< unless first: how many rows changed their label
    std::vector<Relabelled> changed = {};  ///< and which, in order, if they are listed
    Index rows_read = 0;                   ///< rows that were looked at
    Index scores = 0;                      ///< scores of a row with a centroid that were computed
    Index decided = 0;                     ///< rows that float32 could not decide
  };

  /// Labels all rows by `centroids` (K, D). Which bounds are used changes speed alone.
  /// Throws InputError  as require_room
  Pass update(const Context& context, const RowMatrix<double>& centroids, Bounds bounds,
              Changes changes = Changes::kListed);

  /// Gives a row a label that is not its nearest centroid's, until the next update.
  void relabel(Index row, Index to);

 private:
  struct State;
  class Worker;
  std::unique_ptr<State> state_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ASSIGNMENT_H_
