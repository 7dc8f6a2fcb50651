#include "cf_tree.h"

#include <algorithm>
#include <utility>

#include "shoal/kernels/row_distances.h"

namespace {

using shoal::Index;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

void Feature::add(const Feature& other) {
  if (count == 0) {
    count = other.count, sum = other.sum, squares = other.squares;
    return;
  }
  const auto n = static_cast<double>(count), m = static_cast<double>(other.count);
  squares += other.squares + n * m / (n + m) * (mean() - other.mean()).squaredNorm();
  sum += other.sum;
  count += other.count;
}

CfTree::CfTree(Index cols, double threshold, Index branching_factor)
    : cols_(cols),
      squared_threshold_(threshold * threshold),
      branching_factor_(branching_factor),
      squares_(at(branching_factor + 1)) {
  nodes_.push_back(make_node(true));
}

CfTree::CfTree(const SavedTree& saved, double threshold, Index branching_factor)
    : CfTree(saved.sums.cols(), threshold, branching_factor) {
  const Index count = saved.nodes.rows(), features = saved.features.rows();
  shoal::require(count >= 1 && saved.nodes.cols() == 4 && saved.features.cols() == 2 && cols_ >= 1 &&
                     saved.sums.rows() == features && static_cast<Index>(saved.squares.size()) == features,
                 "the saved tree has arrays that do not belong together");
  nodes_.clear();
  Index next = 0;
  for (Index i = 0; i < count; ++i) {
    nodes_.push_back(make_node(saved.nodes(i, 0) != 0));
    nodes_.back().before = saved.nodes(i, 1), nodes_.back().after = saved.nodes(i, 2);
    const Index held = saved.nodes(i, 3);
    shoal::require(held >= 1 && held <= branching_factor && next + held <= features,
                   "the saved tree has a node of {} subclusters, but branching_factor is {}", held, branching_factor);
    for (const Index last = next + held; next < last; ++next) {
      Feature feature{.count = saved.features(next, 0),
                      .sum = saved.sums.row(next),
                      .squares = saved.squares[at(next)],
                      .child = saved.features(next, 1)};
      shoal::require(feature.count >= 1 && feature.sum.allFinite(), "the saved tree has a subcluster of {} examples",
                     feature.count);
      append(i, std::move(feature));
    }
  }
  find_root();
}

// Each node but the root hangs below one other and is reached from the root, and the leaves stand in one row.
void CfTree::find_root() {
  const auto count = static_cast<Index>(nodes_.size());
  const auto require_tree = [](bool holds, Index node) {
    shoal::require(holds, "the saved tree is none: see its node {}", node);
  };
  std::vector<char> has_parent(nodes_.size(), 0);
  Index leaves = 0, first = -1;
  for (Index i = 0; i < count; ++i) {
    const Node& node = nodes_[at(i)];
    for (const Feature& feature : node.features) {
      require_tree(node.leaf ? feature.child == -1 : feature.child >= 0 && feature.child < count, i);
      if (node.leaf) continue;
      require_tree(!has_parent[at(feature.child)], feature.child);
      has_parent[at(feature.child)] = 1;
    }
    leaves += node.leaf;
    if (node.leaf && node.before == -1) {
      require_tree(first == -1, i);
      first = i;
    }
    require_tree(node.after >= -1 && node.after < count && (node.leaf || (node.before == -1 && node.after == -1)), i);
    require_tree(node.after == -1 || (nodes_[at(node.after)].leaf && nodes_[at(node.after)].before == i), i);
  }
  for (Index leaf = first; leaf >= 0; leaf = nodes_[at(leaf)].after) --leaves;
  require_tree(leaves == 0, first);
  root_ = std::find(has_parent.begin(), has_parent.end(), 0) - has_parent.begin();
  require_tree(root_ < count, 0);
  std::vector<Index> reached{root_};
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (const Feature& feature : nodes_[at(reached[i])].features)
      if (feature.child >= 0) reached.push_back(feature.child);
  require_tree(reached.size() == nodes_.size(), root_);
}

SavedTree CfTree::save() const {
  Index count = 0;
  for (const Node& node : nodes_) count += static_cast<Index>(node.features.size());
  SavedTree out{.nodes = shoal::RowMatrix<Index>(static_cast<Index>(nodes_.size()), 4),
                .features = shoal::RowMatrix<Index>(count, 2),
                .sums = shoal::RowMatrix<double>(count, cols_),
                .squares = {}};
  Index next = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    out.nodes.row(static_cast<Index>(i)) << (node.leaf ? 1 : 0), node.before, node.after,
        static_cast<Index>(node.features.size());
    for (const Feature& feature : node.features) {
      out.features.row(next) << feature.count, feature.child;
      out.sums.row(next++) = feature.sum;
      out.squares.push_back(feature.squares);
    }
  }
  return out;
}

void CfTree::insert(const double* example) {
  Feature feature{.count = 1, .sum = Eigen::Map<const Eigen::RowVectorXd>(example, cols_)};
  if (!insert(root_, feature)) return;
  Halves halves = split(root_);
  nodes_.push_back(make_node(false));
  root_ = static_cast<Index>(nodes_.size()) - 1;
  append(root_, std::move(halves.first));
  append(root_, std::move(halves.second));
}

// Whether the node holds too many features afterwards.
bool CfTree::insert(Index node, const Feature& example) {
  if (nodes_[at(node)].features.empty()) {
    append(node, example);
    return false;
  }
  const auto count = static_cast<Index>(nodes_[at(node)].features.size());
  shoal::kernels::squared_distances(example.sum.data(), nodes_[at(node)].means.data(), count, cols_, squares_.data());
  const Index nearest = std::min_element(squares_.begin(), squares_.begin() + count) - squares_.begin();
  const Index child = nodes_[at(node)].features[at(nearest)].child;
  if (child >= 0) {
    if (!insert(child, example)) {
      Feature grown = nodes_[at(node)].features[at(nearest)];
      grown.add(example);
      put(node, nearest, std::move(grown));
      return false;
    }
    Halves halves = split(child);
    put(node, nearest, std::move(halves.first));
    append(node, std::move(halves.second));
  } else {
    Feature joined = nodes_[at(node)].features[at(nearest)];
    joined.add(example);
    if (joined.squares / static_cast<double>(joined.count) <= squared_threshold_) {
      put(node, nearest, std::move(joined));
      return false;
    }
    append(node, example);
  }
  return static_cast<Index>(nodes_[at(node)].features.size()) > branching_factor_;
}

// About the two features that are farthest apart; of a leaf, the halves stand in its place among the leaves.
CfTree::Halves CfTree::split(Index node) {
  const auto second = static_cast<Index>(nodes_.size());
  nodes_.push_back(make_node(nodes_[at(node)].leaf));
  const Node old = std::exchange(nodes_[at(node)], make_node(nodes_[at(node)].leaf));
  if (old.leaf) {
    nodes_[at(node)].before = old.before;
    nodes_[at(node)].after = second;
    nodes_[at(second)].before = node;
    nodes_[at(second)].after = old.after;
    if (old.after >= 0) nodes_[at(old.after)].before = second;
  }
  const auto count = static_cast<Index>(old.features.size());
  shoal::RowMatrix<double> apart(count, count);
  for (Index i = 0; i < count; ++i)
    shoal::kernels::squared_distances(old.means.row(i).data(), old.means.data(), count, cols_, apart.row(i).data());
  Index a = 0, b = 0;
  for (Index i = 0; i < count; ++i)
    for (Index j = 0; j < count; ++j)
      if (apart(i, j) > apart(a, b)) a = i, b = j;
  Halves out;
  out.first.child = node;
  out.second.child = second;
  for (Index i = 0; i < count; ++i) {
    const bool to_first = apart(a, i) < apart(b, i) || i == a;  // where all are equal, one still has to go
    (to_first ? out.first : out.second).add(old.features[at(i)]);
    append(to_first ? node : second, old.features[at(i)]);
  }
  return out;
}

void CfTree::append(Index node, Feature feature) {
  nodes_[at(node)].features.emplace_back();
  put(node, static_cast<Index>(nodes_[at(node)].features.size()) - 1, std::move(feature));
}

void CfTree::put(Index node, Index place, Feature feature) {
  nodes_[at(node)].means.row(place) = feature.mean();
  nodes_[at(node)].features[at(place)] = std::move(feature);
}

CfTree::Node CfTree::make_node(bool leaf) const {
  Node out;
  out.leaf = leaf;
  out.means.setZero(branching_factor_ + 1, cols_);
  return out;
}

shoal::RowMatrix<double> CfTree::means() const {
  Index leaf = root_, count = 0;
  while (!nodes_[at(leaf)].leaf) leaf = nodes_[at(leaf)].features.front().child;
  while (nodes_[at(leaf)].before >= 0) leaf = nodes_[at(leaf)].before;
  const Index first = leaf;
  for (; leaf >= 0; leaf = nodes_[at(leaf)].after) count += static_cast<Index>(nodes_[at(leaf)].features.size());
  shoal::RowMatrix<double> out(count, cols_);
  Index next = 0;
  for (leaf = first; leaf >= 0; leaf = nodes_[at(leaf)].after)
    for (const Feature& feature : nodes_[at(leaf)].features) out.row(next++) = feature.mean();
  return out;
}
