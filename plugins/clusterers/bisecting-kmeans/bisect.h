// bisect.h: k-means that splits one cluster in two until there are K. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_BISECTING_KMEANS_BISECT_H_
#define SHOAL_PLUGINS_BISECTING_KMEANS_BISECT_H_

#include <functional>
#include <span>
#include <vector>

#include "shoal/context.h"
#include "shoal/kernels/lloyd.h"

/// Which cluster is split next, the first of equals in the order of their labels.
enum class Strategy {
  kBiggestInertia,  ///< the one with the greatest Σ weight · squared distance to its centroid
  kLargestCluster,  ///< the one with the greatest Σ weight
};

/// The splits: a binary tree whose leaves are the clusters, numbered from left to right.
struct SplitTree {
  struct Node {
    shoal::Index left = -1;   ///< the node of its first half; −1: a leaf
    shoal::Index right = -1;  ///< of its second
    shoal::Index label = -1;  ///< of a leaf
  };
  std::vector<Node> nodes = {};             ///< the root first; none: not fitted
  shoal::RowMatrix<double> centroids = {};  ///< (nodes.size(), D) the mean of the rows of each node

  /// The leaves' centroids (K, D) in the order of their labels.
  shoal::RowMatrix<double> leaves() const;
};

struct Bisected {
  SplitTree tree;
  std::vector<shoal::Index> labels;  ///< (N) in [0, K)
  shoal::Index iterations = 0;       ///< of the starts that were kept, added up
  bool converged = true;             ///< whether all of these were
};

struct BisectOptions {
  shoal::Index k = 8;
  Strategy strategy = Strategy::kBiggestInertia;
  shoal::Index n_init = 1;  ///< starts of a split, of which the one of the lowest inertia is kept
  shoal::kernels::StopRules stop = {};
};

/// The first two centroids (2, D) for start `start` of split `split`, among `rows` (M, D) with `weights` (M) or empty,
/// of which at least two with a weight differ.
using FirstPair = std::function<shoal::RowMatrix<double>(shoal::ConstArray rows, std::span<const double> weights,
                                                         shoal::Index split, shoal::Index start)>;

/// Splits by Lloyd's iteration with two centroids until there are k clusters. A cluster whose rows are all equal is not
/// split while there is another; when there is none, the rest stay empty, with the centroid of the cluster beside them.
///
/// `features` (N, D) float32, float64 or uint8, N ≥ k; `weights` (N) or empty, as from require_weights. Time
/// O(N·D·iterations·ln K) where splits are even, memory O(N) and a copy of the rows of the cluster that is split.
/// The same bytes for any number of threads. Throws Cancelled.
/// Source: M. Steinbach, G. Karypis, V. Kumar, "A comparison of document clustering techniques", KDD workshop on text
/// mining (2000); choices as in scikit-learn's BisectingKMeans.
Bisected bisect(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
                const BisectOptions& options, const FirstPair& first_pair);

/// The labels of `features` (M, D): each row goes down from the root to the nearer of two centroids, the first of
/// equals. Of the rows that were fitted it gives the fitted labels.
void descend(const shoal::Context& context, const SplitTree& tree, shoal::ConstArray features,
             std::span<shoal::Index> labels);

#endif  // SHOAL_PLUGINS_BISECTING_KMEANS_BISECT_H_
