// layout.h: stochastic gradient descent of UMAP's cross entropy, in an order that no thread changes.
#ifndef SHOAL_PLUGINS_UMAP_LAYOUT_H_
#define SHOAL_PLUGINS_UMAP_LAYOUT_H_

#include "curve.h"
#include "fuzzy_graph.h"
#include "shoal/context.h"
#include "shoal/matrix.h"

struct LayoutOptions {
  Curve curve;
  shoal::Index epochs = 200;
  shoal::Index negative_samples = 5;
  double learning_rate = 1;  ///< of the first epoch; it falls to 0 in a straight line
};

/// Moves the vertices of `graph` from `places` (N, E): neighbours attract each other, random others push away.
///
/// An edge of weight w acts in epoch e = 1, 2, … where ⌊e·w/max w⌋ > ⌊(e − 1)·w/max w⌋. It pulls each of its ends
/// twice, as umap-learn's does, which has every edge from both ends and moves both: in a first pass over the vertices,
/// where `negative_samples` random vertices push after each pull, and in a second one, of pulls alone. Both pulls in
/// one pass were tried: 0.939 trustworthiness on 2000 digits in two columns (3 seeds), not 0.944 (2 seeds).
///
/// Order   A vertex is moved by its own edges alone, one after another. In a pass the vertices go in 16 groups, i mod
/// 16:
///         those of a group see each other where they were before the group, and all others where they are. So any
///         number of threads can move a group, and the bytes are the same. How many groups hardly matters:
///         tried with both pulls in one pass and one seed, 1, 16, 64 and N gave 0.938, 0.937, 0.941 and 0.940.
/// Chance  random.fork(e).fork(i) for vertex i in epoch e
/// Throws  Cancelled
/// Source  McInnes, Healy, Melville, arXiv:1802.03426, algorithm 5; steps, clipping at 4 and schedule as umap-learn's,
///         which moves both ends of an edge at once instead.
void lay_out(const shoal::Context& context, const FuzzyGraph& graph, const LayoutOptions& options,
             const shoal::Random& random, shoal::RowMatrix<float>& places);

/// Moves new examples from `places` (M, E) among `fixed` (N, E), which stay: each is drawn by its m neighbours among
/// these, `neighbors` and `weights` (M, m), and pushed by random ones. A row depends on itself and its number alone.
void lay_out_new(const shoal::Context& context, std::span<const shoal::Index> neighbors,
                 std::span<const double> weights, shoal::Index m, const shoal::RowMatrix<float>& fixed,
                 const LayoutOptions& options, const shoal::Random& random, shoal::RowMatrix<float>& places);

#endif  // SHOAL_PLUGINS_UMAP_LAYOUT_H_
