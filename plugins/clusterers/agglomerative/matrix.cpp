#include "shoal/matrix.h"

#include <cmath>
#include <memory>
#include <numeric>

#include "parts.h"
#include "shoal/kernels/joins.h"
#include "shoal/kernels/row_distances.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;
using shoal::kernels::Nearest;

constexpr Index kTaskRows = 16, kSliceRows = 64 * kTaskRows;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// The distances of all pairs, row i's to those before it one behind another.
class Distances {
 public:
  Distances(shoal::Context& context, shoal::ConstArray features, bool complete)
      : complete_(complete), n_(features.rows()), size_(at(n_), 1), left_(at(n_)) {
    values_.reset(new double[at(n_ * (n_ - 1) / 2)]);
    std::iota(left_.begin(), left_.end(), 0);
    const RowMatrix<double> x = shoal::to_float64(features);
    for (Index first = 0; first < n_; first += kSliceRows) {
      context.progress(first, n_, "rows");
      context.parallel_for(std::min(kSliceRows, n_ - first), kTaskRows, [&](Index from, Index to) {
        for (Index i = first + from; i < first + to; ++i) {
          double* row = before(i);
          shoal::kernels::squared_distances(x.row(i).data(), x.data(), i, x.cols(), row);
          for (Index j = 0; j < i; ++j) row[j] = std::sqrt(row[j]);
        }
      });
    }
  }

  Nearest nearest(Index cluster, Index previous) const {
    Nearest out;
    if (previous >= 0) out = {between(cluster, previous), previous};
    for (const Index other : left_) {  // ascending
      if (other == cluster) continue;
      if (const double d = between(cluster, other); d < out.distance) out = {d, other};
    }
    return out;
  }

  void join(Index from, Index to) {
    left_.erase(std::lower_bound(left_.begin(), left_.end(), from));
    const double n = size_[at(from)], m = size_[at(to)];
    for (const Index other : left_) {
      if (other == to) continue;
      double& d = between(to, other);
      const double gone = between(from, other);
      d = complete_ ? std::max(d, gone) : (n * gone + m * d) / (n + m);
    }
    size_[at(to)] = n + m;
  }

 private:
  double* before(Index i) const { return values_.get() + i * (i - 1) / 2; }
  double& between(Index a, Index b) const { return a > b ? before(a)[b] : before(b)[a]; }

  bool complete_;
  Index n_;
  std::unique_ptr<double[]> values_;
  std::vector<double> size_;
  std::vector<Index> left_;  // clusters that are left, ascending
};

}  // namespace

std::vector<shoal::kernels::Edge> join_by_matrix(shoal::Context& context, shoal::ConstArray features, Linkage linkage) {
  Distances distances(context, features, linkage == Linkage::kComplete);
  return shoal::kernels::join_by_chain(context, features.rows(), distances);
}
