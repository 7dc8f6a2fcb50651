#include "bisect.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;

namespace {

/// Rows of the features, without a copy where they are all of them.
class Rows {
 public:
  Rows(const Context& context, ConstArray features, std::span<const Index> rows)
      : all_(features),
        some_(static_cast<Index>(rows.size()) == features.rows() ? shoal::Array()
                                                                 : kernels::gather(context, features, rows)) {}
  ConstArray view() const { return some_ ? some_.view() : all_; }

 private:
  ConstArray all_;
  shoal::Array some_;
};

struct Leaf {
  Index node;
  std::vector<Index> rows;  // ascending
  double score = 0;
  bool can_split = true;  // as far as is known
};

class Bisection {
 public:
  Bisection(const Context& context, ConstArray features, std::span<const double> weights, const BisectOptions& options,
            const FirstPair& first_pair)
      : context_(context), features_(features), weights_(weights), options_(options), first_pair_(first_pair) {
    out_.tree.nodes.resize(1);
    out_.tree.centroids.resize(2 * options.k - 1, features.cols());
    out_.tree.centroids.row(0) = kernels::spread(context, features, weights).mean;
    leaves_.push_back({.node = 0, .rows = std::vector<Index>(static_cast<std::size_t>(features.rows()))});
    std::iota(leaves_[0].rows.begin(), leaves_[0].rows.end(), Index{0});
  }

  Bisected run() {
    for (Index split = 0; split < options_.k - 1; ++split) {
      context_.progress(split, options_.k - 1, "splits");
      const std::size_t chosen = choose();
      if (leaves_[chosen].can_split) divide(chosen, split);
      else add_empty(chosen);
    }
    out_.labels.resize(static_cast<std::size_t>(features_.rows()));
    for (std::size_t label = 0; label < leaves_.size(); ++label) {
      node(leaves_[label]).label = static_cast<Index>(label);
      for (const Index row : leaves_[label].rows)
        out_.labels[static_cast<std::size_t>(row)] = static_cast<Index>(label);
    }
    return std::move(out_);
  }

 private:
  SplitTree::Node& node(const Leaf& leaf) { return out_.tree.nodes[static_cast<std::size_t>(leaf.node)]; }
  double weight(Index row) const { return weights_.empty() ? 1 : weights_[static_cast<std::size_t>(row)]; }

  // The leaf of the greatest score among those that can be split; the first one where there is none.
  std::size_t choose() {
    while (true) {
      std::size_t best = leaves_.size();
      for (std::size_t i = 0; i < leaves_.size(); ++i)
        if (leaves_[i].can_split && (best == leaves_.size() || leaves_[i].score > leaves_[best].score)) best = i;
      if (best == leaves_.size()) return 0;
      leaves_[best].can_split = rows_differ(leaves_[best].rows);
      if (leaves_[best].can_split) return best;
    }
  }

  bool rows_differ(std::span<const Index> rows) const {
    return shoal::visit_matrix(features_, [&](const auto& x) {
      Index first = -1;
      for (const Index row : rows) {
        if (weight(row) == 0) continue;
        if (first < 0) first = row;
        else if (x.row(row) != x.row(first)) return true;
      }
      return false;
    });
  }

  void divide(std::size_t chosen, Index split) {
    Leaf whole = std::move(leaves_[chosen]);
    const Rows rows(context_, features_, whole.rows);
    std::vector<double> weights;
    if (!weights_.empty())
      for (const Index row : whole.rows) weights.push_back(weight(row));
    kernels::Clusters best;
    double least = 0;
    for (Index start = 0; start < options_.n_init; ++start) {
      kernels::Clusters found = kernels::lloyd(context_, rows.view(), weights,
                                               first_pair_(rows.view(), weights, split, start), options_.stop);
      const double inertia = options_.n_init == 1 ? 0
                                                  : kernels::inertia(context_, rows.view(), ConstArray(found.centroids),
                                                                     found.label_values(), weights);
      if (start == 0 || inertia < least) least = inertia, best = std::move(found);
    }
    out_.iterations += best.iterations;
    out_.converged = out_.converged && best.converged;

    auto halves = grow(chosen, whole.node, best.centroids);
    const std::span<const Index> labels = best.label_values();
    for (std::size_t i = 0; i < labels.size(); ++i) halves[labels[i]].rows.push_back(whole.rows[i]);
    const std::vector<double> scores = score(rows.view(), best, weights);
    for (const int half : {0, 1}) halves[half].score = scores[static_cast<std::size_t>(half)];
  }

  // Of each half, by the options' strategy.
  std::vector<double> score(ConstArray rows, const kernels::Clusters& found, std::span<const double> weights) const {
    const std::span<const Index> labels = found.label_values();
    std::vector<double> distances(labels.size(), 1.0), out(2);
    if (options_.strategy == Strategy::kBiggestInertia)
      kernels::assigned_distances(context_, rows, ConstArray(found.centroids), labels, distances);
    if (!weights.empty())
      for (std::size_t i = 0; i < labels.size(); ++i) distances[i] *= weights[i];
    std::vector<double> of_second(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] == 1) std::swap(of_second[i], distances[i]);
    return {kernels::sum_in_blocks(distances), kernels::sum_in_blocks(of_second)};
  }

  // All rows stay on the left, as a row as far from both of two centroids goes there.
  void add_empty(std::size_t chosen) {
    Leaf whole = std::move(leaves_[chosen]);
    const RowMatrix<double> twice = out_.tree.centroids.row(whole.node).replicate(2, 1);
    Leaf* halves = grow(chosen, whole.node, twice);
    halves[0].rows = std::move(whole.rows);
    halves[0].can_split = halves[1].can_split = false;
  }

  // Puts two leaves without rows where one was; returns the first.
  Leaf* grow(std::size_t chosen, Index parent, const RowMatrix<double>& centroids) {
    auto& nodes = out_.tree.nodes;
    const auto left = static_cast<Index>(nodes.size());
    nodes[static_cast<std::size_t>(parent)] = {.left = left, .right = left + 1};
    nodes.resize(nodes.size() + 2);
    out_.tree.centroids.middleRows(left, 2) = centroids;
    leaves_[chosen] = {.node = left, .rows = {}};
    leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(chosen) + 1, Leaf{.node = left + 1, .rows = {}});
    return &leaves_[chosen];
  }

  const Context& context_;
  ConstArray features_;
  std::span<const double> weights_;
  const BisectOptions& options_;
  const FirstPair& first_pair_;
  Bisected out_;
  std::vector<Leaf> leaves_;  // from left to right
};

}  // namespace

RowMatrix<double> SplitTree::leaves() const {
  RowMatrix<double> out((centroids.rows() + 1) / 2, centroids.cols());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].left < 0) out.row(nodes[i].label) = centroids.row(static_cast<Index>(i));
  return out;
}

Bisected bisect(const Context& context, ConstArray features, std::span<const double> weights,
                const BisectOptions& options, const FirstPair& first_pair) {
  return Bisection(context, features, weights, options, first_pair).run();
}

void descend(const Context& context, const SplitTree& tree, ConstArray features, std::span<Index> labels) {
  std::vector<Index> everything(static_cast<std::size_t>(features.rows()));
  std::iota(everything.begin(), everything.end(), Index{0});
  std::vector<std::pair<Index, std::vector<Index>>> open;  // nodes and the rows that have come to them
  open.emplace_back(0, std::move(everything));
  std::vector<Index> side;
  while (!open.empty()) {
    const auto [at, rows] = std::move(open.back());
    open.pop_back();
    if (rows.empty()) continue;
    const SplitTree::Node& node = tree.nodes[static_cast<std::size_t>(at)];
    if (node.left < 0) {
      for (const Index row : rows) labels[static_cast<std::size_t>(row)] = node.label;
      continue;
    }
    RowMatrix<double> pair(2, tree.centroids.cols());
    pair << tree.centroids.row(node.left), tree.centroids.row(node.right);
    side.resize(rows.size());
    kernels::nearest(context, Rows(context, features, rows).view(), ConstArray(pair), shoal::MutableArray(side));
    std::vector<Index> halves[2];
    for (std::size_t i = 0; i < rows.size(); ++i) halves[side[i]].push_back(rows[i]);
    open.emplace_back(node.left, std::move(halves[0]));
    open.emplace_back(node.right, std::move(halves[1]));
  }
}
