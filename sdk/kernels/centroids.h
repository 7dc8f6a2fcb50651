// Centroids made ready to be screened in float32 and decided in float64, and how far a score can be wrong. Internal.
//
// docs/kernels.md has the proof; the letters are the same.
#ifndef SHOAL_KERNELS_CENTROIDS_H_
#define SHOAL_KERNELS_CENTROIDS_H_

#include <cmath>
#include <vector>

#include "arithmetic.h"
#include "buffer.h"
#include "screen.h"
#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// γ: how far a float32 sum over `cols` columns may be off, as a share of the sum of its terms' sizes.
inline double gamma_of(Index cols) {
  const double error = static_cast<double>(cols + 16) * 0x1p-24;
  return error / (1 - error);
}

/// Where scores are measured from. Scores and distances are those of (x − shift)·scale and (c − shift)·scale.
struct Frame {
  std::vector<float> shift;  ///< (D) μ
  double scale = 1;          ///< a power of two
  double shift_norm = 0;  ///< M: ‖μ‖ where rows enter scores as they are, 0 where they are shifted and scaled first
  bool raw = false;       ///< whether they enter as they are

  /// The mean of `centroids` as the shift. Rows stay as they are where that costs no accuracy worth speaking of.
  static Frame about(const RowMatrix<double>& centroids, DType rows);
};

/// K centroids in a frame. A panel's lane l of panel p is centroid p·kPanel + l.
class Centroids {
 public:
  Centroids(Index k, Index cols, Frame frame);

  /// Takes these (K, D). Those that are the same as before cost nothing.
  void set(const Context& context, const RowMatrix<double>& centroids);

  const Frame& frame() const { return frame_; }
  Index k() const { return exact_.rows(); }
  Index cols() const { return exact_.cols(); }
  Panels panels() const { return {values_.data(), bias_.data(), panel_count_, cols(), k()}; }
  const double* exact(Index c) const { return exact_.row(c).data(); }
  const float* row(Index c) const { return rows_.data() + c * cols(); }  ///< lane values of one centroid, side by side
  float bias(Index c) const { return bias_[c]; }
  /// Whether scores say anything. If not, every row is to be decided in float64 among all centroids.
  bool usable() const { return usable_; }
  /// Whether the nearest centroid is found by scores; else Decider::among_all finds it, at once or faster.
  bool screened() const { return usable_ && order_.empty(); }
  /// Of many centroids in one column, where a search is faster than scores: their numbers by rising value, and these
  /// values. Else empty.
  const std::vector<Index>& order() const { return order_; }
  const std::vector<double>& sorted() const { return sorted_; }

  /// ‖(x − μ)·scale‖ at most, for a row of which float32 has the square.
  double norm_bound(float norm2) const {
    return static_cast<double>(std::sqrt(norm2)) * (1 + 2 * gamma_ + 0x1p-22) + 1e-18;
  }
  /// How far the best score must lie above another for its centroid to be nearer in float64 as well; `u` is a row's
  /// norm_bound.
  double threshold(double u) const { return 2 * score_error_.at(u) + decision_error_.at(u); }
  /// The same in float32, in √norm2 and no less: with a greater gap the nearest centroid is known.
  const DistanceError& gap() const { return gap_; }
  /// How far norm2 − 2·score may be from the true squared distance, computed in float32.
  const DistanceError& distance_error() const { return distance_error_; }
  /// The same for one row, in float64.
  double distance_error(float norm2) const {
    const double u = norm_bound(norm2);
    return 2 * score_error_.at(u) + 2 * gamma_ * u * u + decision_error_.at(u);
  }

 private:
  // constant + linear·u + square·u²
  struct Polynomial {
    double constant = 0, linear = 0, square = 0;
    double at(double u) const { return constant + u * (linear + u * square); }
  };
  void fill(Index c);

  Frame frame_;
  RowMatrix<double> exact_;  // (K, D)
  Index panel_count_;
  Buffer<float> values_, bias_, rows_;
  std::vector<Index> order_;
  std::vector<double> sorted_;
  std::vector<double> norms_;  // (K) ‖(c − μ)·scale‖
  double max_norm_ = 0;        // V
  double gamma_;
  Polynomial score_error_, decision_error_;  // e and e₆₄, in U
  DistanceError gap_ = {}, distance_error_ = {};
  bool usable_ = false, filled_ = false;
};

/// A row that float32 cannot hold in the frame has no score: it is decided in float64 among all centroids.
inline bool has_scores(float norm2) { return norm2 < kNoScores; }

/// Rows as float32 for a frame: the caller's own numbers where they will do, copies where not.
class Operands {
 public:
  Operands(const Rows& rows, const Frame& frame, const Screen& screen)
      : rows_(rows), frame_(frame), screen_(screen), in_place_(frame.raw && rows.dtype() == DType::kFloat32) {}

  bool in_place() const { return in_place_; }
  /// Row i's own numbers. Only if in_place().
  const float* at(Index i) const { return rows_.at<float>(i); }
  /// Row i's own bytes. Only if the rows are uint8.
  const std::uint8_t* bytes(Index i) const { return rows_.at<std::uint8_t>(i); }
  /// Writes row i to `out` (cols). Only if not in_place(). Returns ‖(x − μ)·scale‖².
  float pack(Index i, float* out) const {
    const float* shift = frame_.shift.data();
    switch (rows_.dtype()) {
      case DType::kFloat64: return screen_.pack_float64(rows_.at<double>(i), shift, frame_.scale, rows_.cols(), out);
      case DType::kFloat32: return screen_.pack_float32(rows_.at<float>(i), shift, frame_.scale, rows_.cols(), out);
      default: return screen_.widen_uint8(rows_.at<std::uint8_t>(i), shift, rows_.cols(), out);
    }
  }
  /// Row i ready to be scored: its own numbers, or packed as row `place` of `block` (…, cols), which is not looked at
  /// where rows are in place. ‖(x − μ)·scale‖² goes to norm2.
  const float* take(Index i, const Buffer<float>& block, Index place, float& norm2) const {
    if (in_place_) return norm2 = squared_norm(i), at(i);
    float* const packed = block.data() + place * rows_.cols();
    return norm2 = pack(i, packed), packed;
  }
  /// Only if in_place().
  float squared_norm(Index i) const {
    const float* const row = at(i);
    float out;
    squared_norms(&row, 1, &out);
    return out;
  }
  void squared_norms(const float* const* rows, Index count, float* out) const {
    screen_.squared_norms(rows, frame_.shift.data(), count, rows_.cols(), out);
  }

 private:
  const Rows& rows_;
  const Frame& frame_;
  const Screen& screen_;
  bool in_place_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_CENTROIDS_H_
