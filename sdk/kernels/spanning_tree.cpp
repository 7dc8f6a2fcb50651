#include "shoal/kernels/spanning_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "padded_rows.h"
#include "shoal/kernels/row_distances.h"

namespace shoal::kernels {
namespace {

constexpr Index kTile = 256;              // rows measured at once
constexpr Index kBlockNumbers = 1 << 16;  // numbers that are worth a task
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// The rows that the tree has not reached, one behind another.
class Outside {
 public:
  Outside(ConstArray features, std::span<const double> squared_core)
      : x_(padded_rows(features)), squared_core_(at(x_.rows()), 0), row_(at(x_.rows())), near_(at(x_.rows())) {
    if (!squared_core.empty()) squared_core_.assign(squared_core.begin(), squared_core.end());
    std::iota(row_.begin(), row_.end(), 0);
    count_ = x_.rows();
  }

  Index count() const { return count_; }
  Index row(Index place) const { return row_[at(place)]; }

  // Takes a row away and puts the last one in its place.
  void take(Index place, Eigen::RowVectorXd& x, double& squared_core) {
    x = x_.row(place);
    squared_core = squared_core_[at(place)];
    --count_;
    x_.row(place) = x_.row(count_);
    squared_core_[at(place)] = squared_core_[at(count_)];
    row_[at(place)] = row_[at(count_)];
    near_[at(place)] = near_[at(count_)];
  }

  struct Nearest {
    double squared = kInfinity;
    Index row = 0, from = 0, place = 0;
    bool operator<(const Nearest& other) const {
      return squared < other.squared || (squared == other.squared && row < other.row);
    }
  };

  // Row `from` now is in the tree: who of the places is nearest to the tree?
  Nearest approach(Index from, const Eigen::RowVectorXd& x, double squared_core, Index first, Index last) {
    double squares[kTile];
    Nearest best;
    for (Index tile = first; tile < last; tile += kTile) {
      const Index here = std::min(kTile, last - tile);
      squared_distances(x.data(), x_.row(tile).data(), here, x_.cols(), squares);
      for (Index i = 0; i < here; ++i) {
        const Index place = tile + i;
        Near& near = near_[at(place)];
        const double length = std::max(squares[i], std::max(squared_core, squared_core_[at(place)]));
        if (length < near.squared) near = {length, from};
        const Nearest candidate{near.squared, row_[at(place)], near.from, place};
        if (candidate < best) best = candidate;
      }
    }
    return best;
  }

 private:
  struct Near {
    double squared = kInfinity;
    Index from = 0;
  };
  RowMatrix<double> x_;
  std::vector<double> squared_core_;
  std::vector<Index> row_;
  std::vector<Near> near_;
  Index count_;
};

}  // namespace

void squared_distances(const double* x, const double* rows, Index count, Index cols, double* out) {
  arithmetic().squared_distances(x, rows, count, cols, out);
}

std::vector<Edge> minimum_spanning_tree(Context& context, ConstArray features, std::span<const double> squared_core) {
  const Index n = features.rows(), cols = features.cols();
  require(squared_core.empty() || static_cast<Index>(squared_core.size()) == n, "needs {} core distances, got {}", n,
          squared_core.size());
  Outside outside(features, squared_core);
  const Index block = std::max(kTile, kBlockNumbers / cols);
  std::vector<Outside::Nearest> best(at((n + block - 1) / block));
  std::vector<Edge> out;
  out.reserve(at(n));
  Eigen::RowVectorXd x;
  double core = 0;
  Index from = 0;
  for (Index place = 0;;) {
    outside.take(place, x, core);
    const Index left = outside.count();
    if (left == 0) return out;
    if (left % 256 == 0) context.progress(n - left, n, "rows");
    const auto look = [&](Index first, Index last) {
      best[at(first / block)] = outside.approach(from, x, core, first, last);
    };
    if (left <= block) look(0, left);
    else context.parallel_for(left, block, look);
    const auto nearest = *std::min_element(best.begin(), best.begin() + (left + block - 1) / block);
    out.push_back({nearest.from, nearest.row, std::sqrt(nearest.squared)});
    from = nearest.row;
    place = nearest.place;
  }
}

Components::Components(Index n) : parent_(at(n)) { std::iota(parent_.begin(), parent_.end(), 0); }

Index Components::find(Index i) {
  while (parent_[at(i)] != i) {
    parent_[at(i)] = parent_[at(parent_[at(i)])];
    i = parent_[at(i)];
  }
  return i;
}

}  // namespace shoal::kernels
