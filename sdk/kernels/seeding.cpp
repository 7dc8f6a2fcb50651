#include "shoal/kernels/seeding.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "nearest_chosen.h"
#include "seeding_on.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kBlock = 1024;

}  // namespace

void require_enough(Index n, Index k, std::span<const double> weights) {
  require(n >= k, "k is {} but there are only {} examples", k, n);
  if (weights.empty()) return;
  require(static_cast<Index>(weights.size()) == n, "needs {} weights, got {}", n, weights.size());
  const Index positive = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; });
  require(positive >= k, "k is {} but only {} examples have a weight above 0", k, positive);
}

Index greedy_trials(Index k) {
  return static_cast<Index>(2 + std::floor(std::log(static_cast<double>(std::max<Index>(k, 1)))));
}

Index first_row(Index n, Random& random, std::span<const double> weights) {
  return weights.empty() ? random.below(n) : Draw(weights)(random.uniform());
}

Draw::Draw(std::span<const double> mass) : mass_(mass) {
  for (std::size_t from = 0; from < mass.size(); from += kBlock) {
    before_.push_back(total_);
    total_ += sum_in_blocks(mass.subspan(from, std::min<std::size_t>(kBlock, mass.size() - from)));
  }
}

Draw::Draw(std::span<const double> mass, std::span<const double> blocks) : mass_(mass) {
  for (const double block : blocks) {
    before_.push_back(total_);
    total_ += block;
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

std::vector<Index> kmeans_plus_plus_on(Isa isa, const Context& context, ConstArray features, Index k, Random random,
                                       std::span<const double> weights, Index trials) {
  const Rows rows(features);
  require_enough(rows.rows(), k, weights);
  NearestChosen nearest(isa, context, rows, weights, k - 1);
  std::vector<Index> chosen;
  chosen.push_back(first_row(rows.rows(), random, weights));
  nearest.choose_first(chosen.back());
  while (static_cast<Index>(chosen.size()) < k) {
    context.progress(static_cast<Index>(chosen.size()), k, "seeds");
    const Draw draw = nearest.draw();
    if (draw.total() == 0) {  // no row is left that differs
      chosen.resize(static_cast<std::size_t>(k), chosen.front());
      break;
    }
    std::vector<Index> candidates(static_cast<std::size_t>(trials));
    for (Index& candidate : candidates) candidate = draw(random.uniform());
    const std::vector<double> potentials = nearest.potentials(candidates);
    const auto best = std::min_element(potentials.begin(), potentials.end()) - potentials.begin();
    chosen.push_back(candidates[static_cast<std::size_t>(best)]);
    nearest.take(best);
  }
  return chosen;
}

std::vector<Index> greedy_kmeans_plus_plus(const Context& context, ConstArray features, Index k, Random random,
                                           std::span<const double> weights) {
  return kmeans_plus_plus_on(best_isa(), context, features, k, random, weights, greedy_trials(k));
}

std::vector<Index> plain_kmeans_plus_plus(const Context& context, ConstArray features, Index k, Random random,
                                          std::span<const double> weights) {
  return kmeans_plus_plus_on(best_isa(), context, features, k, random, weights, 1);
}

std::vector<Index> seed_rows(Seeding method, const Context& context, ConstArray features, Index k, Random random,
                             std::span<const double> weights) {
  switch (method) {
    case Seeding::kKMeansPlusPlus: return greedy_kmeans_plus_plus(context, features, k, random, weights);
    case Seeding::kPlainKMeansPlusPlus: return plain_kmeans_plus_plus(context, features, k, random, weights);
    case Seeding::kKMeansParallel: return kmeans_parallel(context, features, k, random, weights);
    case Seeding::kAfkMc2: return afk_mc2(context, features, k, random, weights);
    default: return random_rows(features.rows(), k, random, weights);
  }
}

std::vector<Index> random_rows(Index n, Index k, Random random, std::span<const double> weights) {
  require_enough(n, k, weights);
  std::vector<std::pair<double, Index>> least;  // the k least keys so far, a heap with the greatest on top
  for (Index i = 0; i < n; ++i) {
    const double exponential = -std::log(1 - random.uniform());
    const double weight = weight_of(weights, i);
    if (weight == 0) continue;
    const std::pair key(exponential / weight, i);
    if (static_cast<Index>(least.size()) == k) {
      if (!(key < least.front())) continue;
      std::pop_heap(least.begin(), least.end());
      least.pop_back();
    }
    least.push_back(key);
    std::push_heap(least.begin(), least.end());
  }
  std::sort_heap(least.begin(), least.end());
  std::vector<Index> out;
  for (const auto& [key, row] : least) out.push_back(row);
  return out;
}

RowMatrix<double> take_rows(ConstArray features, std::span<const Index> rows) { return Rows(features).take(rows); }

void copy_rows(const Context& context, ConstArray features, std::span<const Index> rows, MutableArray to) {
  constexpr Index kRows = 128;  // of a few kilobytes each: longer than the pool takes to wake up
  const Rows from(features);
  const Index number = bytes_of(features.dtype());
  const auto length = static_cast<std::size_t>(features.cols() * number);
  auto* const target = static_cast<char*>(to.bytes());
  context.parallel_for(static_cast<Index>(rows.size()), kRows, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      std::memcpy(target + i * to.stride(0) * number, from.at<char>(rows[static_cast<std::size_t>(i)]), length);
  });
}

Array gather(const Context& context, ConstArray features, std::span<const Index> rows) {
  const Index shape[] = {static_cast<Index>(rows.size()), features.cols()};
  Array out = context.allocate(features.dtype(), shape);
  copy_rows(context, features, rows, out.mutable_view());
  return out;
}

}  // namespace shoal::kernels
