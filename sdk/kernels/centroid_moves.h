// What a move of all centroids takes from the gap between a row's own centroid and the others. Internal.
//
// docs/kernels.md has the proof; the letters are the same.
#ifndef SHOAL_KERNELS_CENTROID_MOVES_H_
#define SHOAL_KERNELS_CENTROID_MOVES_H_

#include <vector>

#include "screen.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Of K centroids: a row of centroid l, at a distance of at most r from where that was, had ½(‖x − c‖² − ‖x − l‖²) ≥ g
/// for all other c and has at least min(g + change, cap) now. The change is about centroids near l, concave in r and
/// kept as a line for each span of it; the cap is about those so far from l that they need no g.
class CentroidMoves {
 public:
  CentroidMoves(Isa isa, Index k);

  /// From `before` to `now`, both (K, D), times `scale`. `usual` is a distance as rows have it: of those much nearer or
  /// farther more is taken than need be. O(K²·D)
  void set(const Context& context, const RowMatrix<double>& before, const RowMatrix<double>& now, double scale,
           double usual);

  /// A quarter of an octave each, up to twice the usual; the first is from 0 on and the last without end.
  static constexpr std::int32_t kSpans = 18;
  static constexpr int kDroppedBits = 21;  ///< of a float32: those that do not say in which quarter of an octave it is

  /// Of centroid l and span s, at l · kSpans + s: change = starts[…] + slopes[…] · r, in float32 with kDown and kUp to
  /// come, and caps[…]. The bits of r without the dropped ones, less `first` and kept within 0 and kSpans − 1, say the
  /// span.
  struct Tables {
    const float *starts, *slopes, *caps;
    const float* shifts;  ///< (K) how far each moved
    std::int32_t first;
  };
  // One instruction set's code.
  struct Pair {
    const double *own_site, *own_move, *site, *move;
  };
  struct Comparison {
    double along;        // (site − own_site)·move
    double apart;        // ‖site − own_site‖²
    double moves_apart;  // ‖move − own_move‖²
    double apart_now;    // ‖site + move − own_site − own_move‖²
  };
  // What a row's own centroid has to others: the distance now, at least, and the line gain − loss · r.
  struct Others {
    double *distances, *gains, *losses;
    Index count;
  };
  struct Least {
    double at_from, at_to, steepest;  // of the lines of those below the limit; ∞, ∞ and 0 where there is none
    double distance;                  // of those beyond the limit; ∞ where there is none
  };
  struct Loops {
    Comparison (*compare)(const Pair& pair, Index cols);
    Least (*least)(const Others& others, double limit, double from, double to);
  };

  Tables tables() const { return {starts_.data(), slopes_.data(), caps_.data(), shifts_.data(), first_}; }

 private:
  void set_lines(Index own, double shift, const Others& others);

  Index k_;
  const Loops& on_;
  std::vector<float> starts_, slopes_, caps_, shifts_;
  std::int32_t first_ = 0;
  RowMatrix<double> moves_, sites_;  // (K, D) of this call
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_CENTROID_MOVES_H_
