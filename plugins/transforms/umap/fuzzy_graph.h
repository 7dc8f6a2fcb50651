// fuzzy_graph.h: the weighted graph of neighbours that UMAP lays out. Plain C++ over neighbours.
#ifndef SHOAL_PLUGINS_UMAP_FUZZY_GRAPH_H_
#define SHOAL_PLUGINS_UMAP_FUZZY_GRAPH_H_

#include <cstddef>
#include <span>
#include <vector>

#include "shoal/array.h"

/// For each row the distance ρ up to which a neighbour counts fully, and the scale σ over which it then fades.
struct Bandwidths {
  std::vector<double> rho, sigma;  ///< (M)
};

/// Which distance is ρ.
enum class Local {
  kNearest,  ///< the least distance above 0: the nearest neighbour always counts fully
  kNone,     ///< 0
};

/// σ such that Σ_j exp(−max(0, d_j − ρ)/σ) = log2(n_neighbors) to 1e-5, by bisection. No σ is below a thousandth of the
/// row's mean distance (of all rows' mean where the row has only duplicates), so a row of near duplicates may have a
/// greater sum; n_neighbors is the divisor of those means. `distances` (M, m), each row rising.
Bandwidths bandwidths(std::span<const double> distances, shoal::Index m, shoal::Index n_neighbors, Local local);

/// exp(−max(0, d − ρ)/σ), from 0 to 1, for each of `distances` (M, m).
std::vector<double> memberships(std::span<const double> distances, shoal::Index m, const Bandwidths& scales);

/// A symmetric graph of N vertices in compressed rows; the edges of a row lie in the order of `to`.
struct FuzzyGraph {
  std::vector<shoal::Index> first;  ///< (N + 1) where each row's edges begin; the last is the number of edges
  std::vector<shoal::Index> to;     ///< every edge is there twice, from both ends
  std::vector<double> weight;       ///< (0, 1]

  shoal::Index size() const { return static_cast<shoal::Index>(first.size()) - 1; }
  std::span<const shoal::Index> neighbors(shoal::Index i) const { return std::span(to).subspan(at(i), degree(i)); }
  std::span<const double> weights(shoal::Index i) const { return std::span(weight).subspan(at(i), degree(i)); }

 private:
  std::size_t at(shoal::Index i) const { return static_cast<std::size_t>(first[static_cast<std::size_t>(i)]); }
  std::size_t degree(shoal::Index i) const { return at(i + 1) - at(i); }
};

/// The fuzzy union w + wᵀ − w·wᵀ of edges i → neighbors(i, j), both (N, m); edges of weight 0 are left out.
FuzzyGraph fuzzy_union(std::span<const shoal::Index> neighbors, std::span<const double> weights, shoal::Index m);

/// How many connected parts it has.
shoal::Index count_parts(const FuzzyGraph& graph);

#endif  // SHOAL_PLUGINS_UMAP_FUZZY_GRAPH_H_
