#include "shoal/kernels/seeding.h"

#include <algorithm>
#include <cmath>

#include "arithmetic.h"
#include "buffer.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kBlock = 1024;

double weight_of(std::span<const double> weights, Index i) {
  return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)];
}

void require_enough(Index n, Index k, std::span<const double> weights) {
  require(n >= k, "k is {} but there are only {} examples", k, n);
  if (weights.empty()) return;
  require(static_cast<Index>(weights.size()) == n, "needs {} weights, got {}", n, weights.size());
  const Index positive = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; });
  require(positive >= k, "k is {} but only {} examples have a weight above 0", k, positive);
}

// For each row the squared distance to the nearest centre chosen.
class Nearest {
 public:
  Nearest(const Context& context, const Rows& rows, std::span<const double> weights)
      : context_(context),
        rows_(rows),
        weights_(weights),
        distance_(static_cast<std::size_t>(rows.rows()), kFar),
        mass_(distance_.size()) {}

  /// Takes `row` as a centre.
  void add(Index row) {
    const std::vector<double> centre = take({&row, 1});
    each_block([&](Index from, Index to, double* buffer) {
      for (Index i = from; i < to; ++i) {
        const auto at = static_cast<std::size_t>(i);
        distance_[at] =
            std::min(distance_[at], on_.squared_distance(rows_.read(i, buffer), centre.data(), rows_.cols()));
        mass_[at] = weight_of(weights_, i) * distance_[at];
      }
    });
  }

  /// The potential that each candidate would leave.
  std::vector<double> potentials(std::span<const Index> candidates) const {
    const std::vector<double> centres = take(candidates);
    const std::size_t count = candidates.size();
    const Index blocks = (rows_.rows() + kBlock - 1) / kBlock;
    std::vector<double> partial(static_cast<std::size_t>(blocks) * count, 0.0);
    each_block([&](Index from, Index to, double* buffer) {
      std::vector<double> d2(count);
      double* sums = partial.data() + static_cast<std::size_t>(from / kBlock) * count;
      for (Index i = from; i < to; ++i) {
        const double best = distance_[static_cast<std::size_t>(i)];
        const double weight = weight_of(weights_, i);
        if (best == 0 || weight == 0) continue;
        on_.squared_distances(rows_.read(i, buffer), centres.data(), static_cast<Index>(count), rows_.cols(),
                              d2.data());
        for (std::size_t c = 0; c < count; ++c) sums[c] += weight * std::min(best, d2[c]);
      }
    });
    std::vector<double> out(count, 0.0);
    for (std::size_t p = 0; p < partial.size(); ++p) out[p % count] += partial[p];
    return out;
  }

  std::span<const double> mass() const { return mass_; }

 private:
  static constexpr double kFar = std::numeric_limits<double>::infinity();

  std::vector<double> take(std::span<const Index> rows) const {
    std::vector<double> out(rows.size() * static_cast<std::size_t>(rows_.cols()));
    for (std::size_t c = 0; c < rows.size(); ++c) {
      double* to = out.data() + c * static_cast<std::size_t>(rows_.cols());
      const double* from = rows_.read(rows[c], to);
      if (from != to) std::copy_n(from, rows_.cols(), to);
    }
    return out;
  }

  template <typename Body>
  void each_block(Body&& body) const {
    context_.parallel_for(rows_.rows(), kBlock, [&](Index from, Index to) {
      const Buffer<double> buffer(rows_.cols());
      body(from, to, buffer.data());
    });
  }

  const Context& context_;
  const Rows& rows_;
  const Arithmetic& on_ = arithmetic();
  std::span<const double> weights_;
  std::vector<double> distance_, mass_;
};

}  // namespace

Draw::Draw(std::span<const double> mass) : mass_(mass) {
  for (std::size_t from = 0; from < mass.size(); from += kBlock) {
    before_.push_back(total_);
    total_ += sum_in_blocks(mass.subspan(from, std::min<std::size_t>(kBlock, mass.size() - from)));
  }
}

Index Draw::operator()(double uniform) const {
  const double target = uniform * total_;
  // The last block that begins at or below the target; then the first index whose cumulative mass exceeds it.
  const auto block = std::upper_bound(before_.begin(), before_.end(), target) - before_.begin() - 1;
  double sum = before_[static_cast<std::size_t>(block)];
  Index last = -1;
  const auto n = static_cast<Index>(mass_.size());
  for (Index i = block * kBlock; i < n; ++i) {
    const double mass = mass_[static_cast<std::size_t>(i)];
    if (mass == 0) continue;
    sum += mass;
    last = i;
    if (sum > target) return i;
  }
  // Rounding carried the target past the end: the last index that has a mass.
  for (Index i = n - 1; last < 0 && i >= 0; --i)
    if (mass_[static_cast<std::size_t>(i)] > 0) last = i;
  return last;
}

std::vector<Index> greedy_kmeans_plus_plus(const Context& context, ConstArray features, Index k, Random random,
                                           std::span<const double> weights) {
  const Rows rows(features);
  require_enough(rows.rows(), k, weights);
  Nearest nearest(context, rows, weights);
  std::vector<Index> chosen;
  chosen.push_back(weights.empty() ? random.below(rows.rows()) : Draw(weights)(random.uniform()));
  nearest.add(chosen.back());
  const auto trials = static_cast<std::size_t>(2 + std::floor(std::log(static_cast<double>(k))));
  while (static_cast<Index>(chosen.size()) < k) {
    context.progress(static_cast<Index>(chosen.size()), k, "seeds");
    const Draw draw(nearest.mass());
    if (draw.total() == 0) {  // no row is left that differs
      chosen.resize(static_cast<std::size_t>(k), chosen.front());
      break;
    }
    std::vector<Index> candidates(trials);
    for (Index& candidate : candidates) candidate = draw(random.uniform());
    const std::vector<double> potentials = nearest.potentials(candidates);
    const auto best = std::min_element(potentials.begin(), potentials.end()) - potentials.begin();
    chosen.push_back(candidates[static_cast<std::size_t>(best)]);
    nearest.add(chosen.back());
  }
  return chosen;
}

std::vector<Index> random_rows(Index n, Index k, Random random, std::span<const double> weights) {
  require_enough(n, k, weights);
  std::vector<std::pair<double, Index>> keys;
  for (Index i = 0; i < n; ++i) {
    const double exponential = -std::log(1 - random.uniform());
    if (const double weight = weight_of(weights, i); weight > 0) keys.emplace_back(exponential / weight, i);
  }
  std::partial_sort(keys.begin(), keys.begin() + k, keys.end());
  std::vector<Index> out;
  for (Index i = 0; i < k; ++i) out.push_back(keys[static_cast<std::size_t>(i)].second);
  return out;
}

RowMatrix<double> take_rows(ConstArray features, std::span<const Index> rows) {
  const Rows from(features);
  RowMatrix<double> out(static_cast<Index>(rows.size()), from.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* to = out.row(static_cast<Index>(i)).data();
    const double* row = from.read(rows[i], to);
    if (row != to) std::copy_n(row, from.cols(), to);
  }
  return out;
}

}  // namespace shoal::kernels
