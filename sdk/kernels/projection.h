// Rows and centroids in few dimensions, where distances are never longer than in all: most pairs need no more.
// Internal.
//
// P's m rows are close to the leading principal directions. F(x) = (P(x − μ)σ, ‖what P leaves of it‖), m + 1 numbers;
// ‖F(x) − F(c)‖ ≤ ‖x − c‖σ for orthonormal P. docs/kernels.md has the proof, also for the P that float32 can hold.
#ifndef SHOAL_KERNELS_PROJECTION_H_
#define SHOAL_KERNELS_PROJECTION_H_

#include <memory>
#include <span>
#include <vector>

#include "buffer.h"
#include "centroids.h"
#include "directions.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

class Projection {
 public:
  /// The m + 1 that suits D columns and K centroids, 0 where none does: where D is small, or N so large that the
  /// projection would need more than 32 MB and more than 16 numbers a row.
  static Index dimensions(Index n, Index cols, Index k);

  /// Finds the directions from a sample of the rows, and projects all rows in `frame`, which is kept by reference.
  /// `norm2` (N) receives what Operands say of the rows.
  Projection(const Context& context, const Rows& rows, const Frame& frame, Index dimensions, Isa isa,
             std::span<float> norm2);

  Index dimensions() const { return dimensions_; }
  const float* row(Index i) const { return rows_.data() + i * dimensions_; }
  /// ‖F(x)‖², of row i as it is kept
  float norm2(Index i) const { return norm2_[static_cast<std::size_t>(i)]; }
  /// How far row i as it is kept may be from F(x).
  float slack(Index i) const { return slack_[static_cast<std::size_t>(i)]; }

  /// Projects the centroids (K, D), after which centroids() are ready to be scored with rows.
  void set_centroids(const Context& context, const RowMatrix<double>& given);

  /// How far centroids moved between the last two calls of set_centroids, for upper bounds that grow by less than that:
  /// ‖x − c'‖² = ‖x − c‖² + 2(x − c)·δ + ‖δ‖² with δ = c − c', of which few dimensions know the product but for a rest.
  struct Move {
    float along = 0;    ///< P(c − μ)σ·Pδ
    float inside = 0;   ///< ‖Pδ‖, rounded up
    float outside = 0;  ///< ‖what P leaves of δ‖, rounded up, with room for a P that is not quite orthonormal
    float square = 0;   ///< ‖δ‖², rounded up
    float rest = 0;     ///< ‖what P leaves of c − μ‖, rounded up
  };
  const Move& move(Index c) const { return moves_[static_cast<std::size_t>(c)]; }
  const float* move_row(Index c) const { return move_rows_.data() + c * dimensions_; }  ///< (Pδ, 0)
  const Centroids& centroids() const { return *centroids_; }

  /// A distance in all dimensions is at least (one here, less this, less the row's slack) · shrink().
  float centroid_slack() const { return centroid_slack_; }
  float shrink() const { return static_cast<float>(1 - 2 * skew_) * kDown; }

 private:
  void find_directions(const Rows& rows, Isa isa);
  void set_centroid(Index c, const Eigen::Ref<const Eigen::RowVectorXd>& given, bool first);
  void take_rows(const Context& context, const Rows& rows, Isa isa, std::span<float> norm2);

  const Frame& frame_;
  Index dimensions_;
  RowMatrix<double> directions_;  // (m, D), numbers of float32
  double skew_ = 0;               // ‖PPᵀ − I‖ at most
  Buffer<float> rows_;            // (N, m + 1)
  std::vector<float> norm2_, slack_;
  std::unique_ptr<Centroids> centroids_;
  RowMatrix<double> projected_, given_;  // (K, m + 1) and (K, D) of the last call
  std::vector<double> centroid_slacks_;  // (K) how far the last number of a projected centroid may be wrong
  std::vector<Move> moves_;
  std::vector<float> move_rows_;
  float centroid_slack_ = 0;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_PROJECTION_H_
