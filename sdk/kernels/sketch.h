// Sketches of rows: a few bytes each that prove most pairs of rows to be far apart. Internal.
//
// docs/kernels.md has the proof; the letters are the same.
#ifndef SHOAL_KERNELS_SKETCH_H_
#define SHOAL_KERNELS_SKETCH_H_

#include <memory>
#include <span>
#include <vector>

#include "centroids.h"
#include "directions.h"
#include "seeding_lanes.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// A row of a block and a candidate.
struct Pair {
  std::uint16_t row, candidate;
};

/// A map S of rows to a few numbers with ‖S(x) − S(y)‖ ≤ ‖x − y‖·scale, and how far float32 may be from it.
/// S is the row itself where that is short, else its product with directions and the norm of what they leave.
class SketchMap {
 public:
  SketchMap(Isa isa, const Rows& rows);

  bool usable() const { return usable_; }  ///< if not, nothing else may be called
  double scale() const { return frame_.scale; }
  Index cols() const { return directions_.rows.rows() == 0 ? rows_.cols() : directions_.rows.rows() + 1; }
  const RowMatrix<float>& sample() const { return sample_; }  ///< sketches of some rows

  /// Work space of one thread.
  struct Scratch {
    explicit Scratch(const SketchMap& map);
    Buffer<float> packed, products;
    Buffer<double> row;
  };
  /// Sketches of at most kGroup rows (rows.size(), cols()). A row that float32 cannot hold has error ∞ and zeros.
  void operator()(std::span<const Index> rows, Scratch& scratch, float* out, double* error) const;

 private:
  float pack(Index i, double* row, float* out) const;
  double with_residual(double norm2, const float* products, float* out) const;

  const Rows& rows_;
  const Screen& screen_;
  Frame frame_;
  Directions directions_;  // of no rows: S is the row itself
  std::unique_ptr<LanePanels> panels_;
  RowMatrix<float> sample_;
  double gamma_ = 0;
  bool usable_ = false;
};

/// The sketches of all rows, one or two bytes a number, and which pairs they leave open.
class Sketches {
 public:
  /// None where they would not pay within `passes` passes, take over 64 MB, or say nothing.
  static std::unique_ptr<Sketches> of(Isa isa, const Context& context, const Rows& rows, Index passes);

  /// From now on a pair of row i is open unless its squared distance in float64 is certain to be ≥ `best`.
  void set(Index i, double best);
  /// No pair of row i is open. So it is for every row at first.
  void close(Index i);

  /// Takes these rows as candidates.
  void aim(std::span<const Index> candidates);
  /// Appends the open pairs of rows from … to, by row, then by candidate. `from` is a multiple of kGroup.
  void open(Index from, Index to, std::vector<Pair>& pairs) const;

 private:
  Sketches(Isa isa, const Rows& rows, SketchMap map);
  void fill(const Context& context);
  template <typename Step>
  void store(Index from, Index count, const float* sketches, const double* errors, Step* values);

  struct Aim {
    Buffer<float> values, bias, error;
    Index count;
  };

  const SeedingLanes& lanes_;
  SketchMap map_;
  Index n_, cols_, groups_;
  bool narrow_;  // one byte a number, else two
  std::vector<float> step_;
  Buffer<std::int8_t> narrow_values_;
  Buffer<std::int16_t> wide_values_;
  Buffer<float> norm2_, error_;  // ‖x̂‖², rounded down; E, rounded up
  Buffer<float> limit_, reach_;  // a, t
  std::vector<Aim> aims_;
  double gamma_, relative_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SKETCH_H_
