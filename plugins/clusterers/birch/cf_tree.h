#ifndef SHOAL_PLUGINS_CLUSTERERS_BIRCH_CF_TREE_H_
#define SHOAL_PLUGINS_CLUSTERERS_BIRCH_CF_TREE_H_

#include <vector>

#include "shoal/array.h"
#include "shoal/matrix.h"

/// What is kept of a group of examples, its clustering feature: enough to know its mean and radius and those of a
/// union.
struct Feature {
  shoal::Index count = 0;   ///< examples
  Eigen::RowVectorXd sum;   ///< (D) of them
  double squares = 0;       ///< Σ ‖example − mean‖²
  shoal::Index child = -1;  ///< the node that holds its parts; −1 in a leaf

  Eigen::RowVectorXd mean() const { return sum / static_cast<double>(count); }
  void add(const Feature& other);  ///< but for its child
};

/// A tree as arrays. The root is the node that is nobody's child.
struct SavedTree {
  shoal::RowMatrix<shoal::Index>
      nodes;  ///< (M, 4) whether a leaf, the leaves before and after or −1, how many features
  shoal::RowMatrix<shoal::Index> features;  ///< (F, 2) node by node: examples, child or −1
  shoal::RowMatrix<double> sums;            ///< (F, D)
  std::vector<double> squares;              ///< (F)
};

/// A tree of features that grows by one example at a time: each goes down to the nearest mean and joins it, if the
/// radius, √(Σ ‖example − mean‖² / count), stays within the threshold; otherwise it is a feature of its own, and a node
/// that holds more than branching_factor of them is split about the two that are farthest apart.
///
/// The tree is scikit-learn's. Squares are kept about the mean and distances taken by differences, so that features far
/// from 0 lose no digits. Time O(D · branching_factor · height) an example.
/// Source: T. Zhang, R. Ramakrishnan, M. Livny, "BIRCH", SIGMOD 1996, 103–114; numbers kept as by A. Lang, E. Schubert,
/// "BETULA: fast clustering of large data with improved BIRCH CF-trees", Information Systems 108 (2022).
class CfTree {
 public:
  CfTree(shoal::Index cols, double threshold, shoal::Index branching_factor);
  /// As another tree was saved. Throws InputError where its parts do not hang together, or a node is too large.
  CfTree(const SavedTree& saved, double threshold, shoal::Index branching_factor);

  /// `example` (D).
  void insert(const double* example);

  /// Means of the features in the leaves, from the first leaf to the last (S, D).
  shoal::RowMatrix<double> means() const;
  shoal::Index cols() const { return cols_; }
  SavedTree save() const;

 private:
  struct Node {
    bool leaf = true;
    shoal::Index before = -1, after = -1;  ///< of a leaf: the leaves beside it
    std::vector<Feature> features;
    shoal::RowMatrix<double> means;  ///< (branching_factor + 1, D) of the features
  };
  struct Halves {
    Feature first, second;
  };
  void find_root();
  bool insert(shoal::Index node, const Feature& example);
  Halves split(shoal::Index node);
  void append(shoal::Index node, Feature feature);
  void put(shoal::Index node, shoal::Index place, Feature feature);
  Node make_node(bool leaf) const;

  shoal::Index cols_;
  double squared_threshold_;
  shoal::Index branching_factor_;
  std::vector<Node> nodes_;  // a node that is split becomes its first half
  shoal::Index root_ = 0;
  std::vector<double> squares_;  // room for distances
};

#endif  // SHOAL_PLUGINS_CLUSTERERS_BIRCH_CF_TREE_H_
