#include "condensed_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using shoal::Index;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Single linkage: node n + i joins two nodes; nodes below n are rows.
class Dendrogram {
 public:
  Dendrogram(std::vector<shoal::kernels::Edge> edges, Index n) : n_(n) {
    std::stable_sort(edges.begin(), edges.end(), [](const auto& a, const auto& b) { return a.length < b.length; });
    shoal::kernels::Components groups(2 * n);
    for (const auto& edge : edges) {
      const Index left = groups.find(edge.from), right = groups.find(edge.to);
      const Index node = n + static_cast<Index>(joins_.size());
      joins_.push_back({left, right, edge.length, size(left) + size(right)});
      groups.unite(left, node);
      groups.unite(right, node);
    }
  }

  struct Join {
    Index left, right;
    double length;
    Index size;
  };
  Index root() const { return n_ + static_cast<Index>(joins_.size()) - 1; }
  bool is_row(Index node) const { return node < n_; }
  const Join& join(Index node) const { return joins_[at(node - n_)]; }
  Index size(Index node) const { return is_row(node) ? 1 : join(node).size; }

  /// Calls use(row) for the rows below a node, level by level.
  template <typename Use>
  void each_row(Index node, Use&& use) const {
    std::vector<Index> nodes{node};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (is_row(nodes[i])) {
        use(nodes[i]);
        continue;
      }
      const Join here = join(nodes[i]);
      nodes.insert(nodes.end(), {here.left, here.right});
    }
  }

 private:
  Index n_;
  std::vector<Join> joins_;
};

class Condenser {
 public:
  Condenser(const Dendrogram& all, Index n, Index min_cluster_size) : all_(all), least_(min_cluster_size) {
    out_.owner.assign(at(n), 0);
    out_.left.assign(at(n), 0);
    out_.clusters.push_back({});
  }

  CondensedTree run() {
    struct Visit {
      Index node, cluster;
    };
    std::vector<Visit> visits{{all_.root(), 0}};  // level by level, which is the order of scikit-learn's names
    for (std::size_t i = 0; i < visits.size(); ++i) {
      const Visit here = visits[i];
      if (all_.is_row(here.node)) continue;  // only where a cluster may be one row
      const Dendrogram::Join& join = all_.join(here.node);
      const double lambda = join.length > 0 ? 1 / join.length : std::numeric_limits<double>::infinity();
      const bool left = all_.size(join.left) >= least_, right = all_.size(join.right) >= least_;
      if (left && right) {
        out_.clusters[at(here.cluster)].splits = true;
        for (const Index child : {join.left, join.right}) visits.push_back({child, part(here.cluster, child, lambda)});
        continue;
      }
      for (const auto& [child, goes_on] : {std::pair(join.left, left), std::pair(join.right, right)}) {
        if (goes_on) visits.push_back({child, here.cluster});
        else all_.each_row(child, [&](Index row) { fall_out(here.cluster, row, lambda); });
      }
    }
    return std::move(out_);
  }

 private:
  void leave(Index cluster, double lambda, double rows) {
    CondensedTree::Cluster& c = out_.clusters[at(cluster)];
    c.last = std::max(c.last, lambda);
    if (!std::isinf(c.birth)) c.stability += (lambda - c.birth) * rows;  // else it lived for no time at all
  }
  Index part(Index cluster, Index node, double lambda) {
    leave(cluster, lambda, static_cast<double>(all_.size(node)));
    out_.clusters.push_back({.parent = cluster, .birth = lambda});
    return static_cast<Index>(out_.clusters.size()) - 1;
  }
  void fall_out(Index cluster, Index row, double lambda) {
    leave(cluster, lambda, 1);
    out_.owner[at(row)] = cluster;
    out_.left[at(row)] = lambda;
  }

  const Dendrogram& all_;
  Index least_;
  CondensedTree out_;
};

}  // namespace

CondensedTree condense(std::vector<shoal::kernels::Edge> edges, Index n, Index min_cluster_size) {
  const Dendrogram all(std::move(edges), n);
  return Condenser(all, n, min_cluster_size).run();
}
