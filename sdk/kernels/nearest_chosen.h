// For each row the squared distance to the nearest row chosen so far, and what a further one would change. Internal.
#ifndef SHOAL_KERNELS_NEAREST_CHOSEN_H_
#define SHOAL_KERNELS_NEAREST_CHOSEN_H_

#include <memory>
#include <span>
#include <vector>

#include "centroids.h"
#include "shoal/kernels/seeding.h"
#include "sketch.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Distances are those of Arithmetic::squared_distance to the last bit, sums go by blocks of 1024 rows in order: no
/// result depends on threads, on the processor, or on what was pruned. docs/kernels.md has the proof.
///
/// Order   choose_first, then as often as wanted: potentials, then one of the takes.
/// Memory  O(N + candidates·D), and 64 MB for sketches at most.
class NearestChosen {
 public:
  /// `passes`: about how many calls of potentials there will be; it changes only speed.
  NearestChosen(Isa isa, const Context& context, const Rows& rows, std::span<const double> weights, Index passes);

  void choose_first(Index row);

  /// Σ weight · min(squared distance to the nearest chosen, to this candidate), for each candidate; below 2¹⁶ of them.
  std::vector<double> potentials(std::span<const Index> candidates);
  /// Chooses one of the candidates of the last call of potentials, or all of them.
  void take(Index candidate);
  void take_all();

  /// (N) weight · squared distance to the nearest chosen
  std::span<const double> mass() const { return mass_; }
  /// (N) the row chosen that is nearest, the first taken of equals
  std::span<const Index> nearest() const { return nearest_; }
  /// For draws in proportion to it, until the next take.
  Draw draw() const { return Draw(mass_, block_mass_); }

 private:
  struct Improved {
    std::uint16_t row, candidate;  // row: of its block
    double squared_distance;
  };
  // What candidates would change in a block of rows. Where that is too much to keep it is found again.
  struct Block {
    std::vector<Improved> improved;  // by row, then by candidate
    bool kept = true;
  };
  class Worker;

  double weight(Index i) const { return weight_of(weights_, i); }
  Index blocks() const { return static_cast<Index>(blocks_.size()); }
  void set(Index i, Index chosen, double squared_distance);
  void lower(Index b, Index candidate);  // candidate −1: all
  void take_in_parallel(Index candidate);

  Isa isa_;
  const Context& context_;
  const Rows& rows_;
  std::span<const double> weights_;
  std::vector<double> distance_, mass_, block_mass_;
  std::vector<Index> nearest_;
  std::vector<Block> blocks_;
  std::vector<double> partial_;  // (blocks, candidates): what the block adds to each potential
  std::vector<Index> candidates_;

  Frame frame_;                         // of scores
  std::unique_ptr<Centroids> scores_;   // the candidates
  std::vector<float> norm2_;            // (N), where rows are scored in place
  std::unique_ptr<Sketches> sketches_;  // may be none
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_NEAREST_CHOSEN_H_
