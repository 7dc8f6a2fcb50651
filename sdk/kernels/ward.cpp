#include <cmath>
#include <numeric>

#include "shoal/kernels/joins.h"
#include "shoal/kernels/row_distances.h"
#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

constexpr Index kTile = 256;              // means measured at once
constexpr Index kBlockNumbers = 1 << 16;  // numbers that are worth a task

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Means and sizes of the clusters that are left, one behind another.
class Means {
 public:
  Means(Context& context, ConstArray features)
      : context_(context),
        x_(features.rows(), (features.cols() + 7) / 8 * 8),
        block_(std::max(kTile, kBlockNumbers / x_.cols())) {
    x_.setZero();  // columns up to a multiple of eight change no distance and spare a remainder
    x_.leftCols(features.cols()) = to_float64(features);
    count_ = x_.rows();
    size_.assign(at(count_), 1);
    name_.resize(at(count_));
    std::iota(name_.begin(), name_.end(), 0);
    place_ = name_;
    best_.resize(at((count_ + block_ - 1) / block_));
  }

  Nearest nearest(Index cluster, Index before) {
    const Index own = place_[at(cluster)];
    const auto look = [&](Index first, Index last) { best_[at(first / block_)] = nearest_of(own, first, last); };
    if (count_ <= block_) look(0, count_);
    else context_.parallel_for(count_, block_, look);
    Nearest out;
    for (Index i = 0; i * block_ < count_; ++i) out.consider(best_[at(i)].distance, best_[at(i)].cluster);
    if (before >= 0) {
      double to_before;
      rises(own, place_[at(before)], 1, &to_before);
      if (to_before <= out.distance) out = {to_before, before};
    }
    out.distance = std::sqrt(2 * out.distance);
    return out;
  }

  void join(Index from, Index to) {
    const Index a = place_[at(from)], b = place_[at(to)];
    const double n = size_[at(a)], m = size_[at(b)];
    x_.row(b) = (n * x_.row(a) + m * x_.row(b)) / (n + m);
    size_[at(b)] = n + m;
    const Index last = --count_;
    x_.row(a) = x_.row(last);
    size_[at(a)] = size_[at(last)];
    name_[at(a)] = name_[at(last)];
    place_[at(name_[at(a)])] = a;
  }

 private:
  /// By how much the sum of squares rises if the cluster at `own` is joined with each of `count` ones.
  void rises(Index own, Index first, Index count, double* out) const {
    squared_distances(x_.row(own).data(), x_.row(first).data(), count, x_.cols(), out);
    const double n = size_[at(own)];
    for (Index i = 0; i < count; ++i) {
      const double m = size_[at(first + i)];
      out[i] *= n * m / (n + m);
    }
  }

  Nearest nearest_of(Index own, Index first, Index last) const {
    Nearest out;
    double rise[kTile];
    for (Index tile = first; tile < last; tile += kTile) {
      const Index here = std::min(kTile, last - tile);
      rises(own, tile, here, rise);
      for (Index i = 0; i < here; ++i)
        if (rise[i] <= out.distance && tile + i != own) out.consider(rise[i], name_[at(tile + i)]);
    }
    return out;
  }

  Context& context_;
  RowMatrix<double> x_;
  Index block_, count_;
  std::vector<double> size_;
  std::vector<Index> name_;   // of the cluster at a place
  std::vector<Index> place_;  // of a cluster
  std::vector<Nearest> best_;
};

}  // namespace

std::vector<Edge> ward_joins(Context& context, ConstArray features) {
  Means means(context, features);
  return join_by_chain(context, features.rows(), means);
}

std::vector<Index> cut_joins(const std::vector<Edge>& joins, Index n, Index k) {
  Components groups(n);
  for (Index i = 0; i < n - k; ++i) {
    const Edge& join = joins[at(i)];
    groups.unite(groups.find(join.from), groups.find(join.to));
  }
  std::vector<Index> labels, label_of(at(n), -1);
  Index next = 0;
  for (Index i = 0; i < n; ++i) {
    Index& label = label_of[at(groups.find(i))];
    if (label < 0) label = next++;
    labels.push_back(label);
  }
  return labels;
}

}  // namespace shoal::kernels
