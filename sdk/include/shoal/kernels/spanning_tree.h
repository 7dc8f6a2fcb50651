// shoal/kernels/spanning_tree.h: the shortest tree that connects all rows, which is single linkage in other words.
#ifndef SHOAL_KERNELS_SPANNING_TREE_H_
#define SHOAL_KERNELS_SPANNING_TREE_H_

#include <span>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Two rows, or clusters named by any of their rows, that are joined at this distance.
struct Edge {
  Index from, to;  ///< two rows
  double length;   ///< their distance
};

/// The N − 1 edges of a minimum spanning tree of the rows, in the order in which Prim's algorithm takes them from row 0
/// on: of equally near rows the lowest first. The length of a pair is max(‖x − y‖, core(x), core(y)); `squared_core`
/// (N) are the squares of core, empty means 0 (with it, lengths are mutual reachability distances).
///
/// `features` (N, D) float32, float64 or uint8, N ≥ 1. Exact, by direct differences in float64: the same bytes for any
/// number of threads and any processor. Time O(N²·D), memory O(N·D).
/// Throws InputError  squared_core is of another length
///        Cancelled   the user stopped the run
/// Source: R. C. Prim, Bell System Technical Journal 36 (1957) 1389–1401.
std::vector<Edge> minimum_spanning_tree(Context& context, ConstArray features,
                                        std::span<const double> squared_core = {});

/// Which groups there are while edges are added.
class Components {
 public:
  explicit Components(Index n);
  /// The name of the group of i: the same for all of its members.
  Index find(Index i);
  /// Makes two names one, which is `into`.
  void unite(Index name, Index into) { parent_[static_cast<std::size_t>(name)] = into; }

 private:
  std::vector<Index> parent_;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SPANNING_TREE_H_
