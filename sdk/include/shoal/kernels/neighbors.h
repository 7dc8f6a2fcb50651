// shoal/kernels/neighbors.h: the nearest rows of every row, and what they vote for.
#ifndef SHOAL_KERNELS_NEIGHBORS_H_
#define SHOAL_KERNELS_NEIGHBORS_H_

#include <cmath>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include "shoal/context.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The k nearest points of M queries.
struct Neighbors {
  Index k = 0;                            ///< of each query
  std::vector<Index> points;              ///< (M, k) rows of the points, nearest first
  std::vector<double> squared_distances;  ///< (M, k)

  std::span<const Index> of(Index query) const {  ///< its k neighbours, the nearest first
    return std::span(points).subspan(static_cast<std::size_t>(query * k), static_cast<std::size_t>(k));
  }
};

/// The k rows of `points` (N, D) nearest to each of `queries` (M, D), exactly: squared distances are compared as
/// nearest() computes them in float64, and of equals the lowest row comes first. The same bytes for any number of
/// threads and any processor.
///
/// Both are float32, float64 or uint8, finite, D ≥ 1; 1 ≤ k ≤ N. Time O(M·N·D) in float32, memory O((N + M)·k + N·D).
/// Throws InputError  a shape does not fit (both are named)
///        Cancelled   the user stopped the run
Neighbors nearest_neighbors(Context& context, ConstArray queries, ConstArray points, Index k);

/// The same among the rows of `points` themselves, a row not being its own neighbour; k < N.
Neighbors nearest_neighbors(Context& context, ConstArray points, Index k);

/// How far apart two rows are, and the names in experiments. Cosine: 1 − the cosine of their angle.
enum class Distance { kEuclidean, kCosine };
inline constexpr std::initializer_list<std::pair<const char*, Distance>> kDistances = {
    {"euclidean", Distance::kEuclidean}, {"cosine", Distance::kCosine}};

/// A copy of rows, in which the Euclidean distance orders neighbours as `distance` does: euclidean, the rows themselves
/// (float64 stays float64, all else is float32); cosine, each divided by its length, in float64 (a row of zeros stays
/// one, and is ½ from every other).
class ComparableRows {
 public:
  ComparableRows() = default;  ///< no rows
  ComparableRows(ConstArray features, Distance distance);

  ConstArray view() const;  ///< valid as long as this
  /// Whether both hold the same numbers in the same dtype.
  bool same_as(const ComparableRows& other) const;

 private:
  std::variant<RowMatrix<double>, RowMatrix<float>> rows_;
};

/// The distance of rows that are ‖·‖² = `squared` apart in their comparable form. Of unit rows ‖x − y‖² = 2 − 2 cos.
inline double distance_of(Distance distance, double squared) {
  return distance == Distance::kCosine ? squared / 2 : std::sqrt(squared);
}

/// For each query the label that most of its neighbours have, and of equally many the one whose nearest bearer is
/// nearest. `labels` (N) of the points; a negative one is noise and has no vote, and where all are noise the result is
/// −1. `weights` (M, k), laid out as the neighbours are, ≥ 0: how much each neighbour's vote counts; none: all alike.
/// Throws InputError  weights are given, but not one for each neighbour
std::vector<std::int64_t> majority_vote(const Neighbors& neighbors, std::span<const std::int64_t> labels,
                                        std::span<const double> weights = {});

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_NEIGHBORS_H_
