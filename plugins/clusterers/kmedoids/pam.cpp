#include "pam.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "shoal/kernels/sums.h"

using shoal::Context;
using shoal::Index;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kRounding = 1e-13;  // of the loss: what a swap must gain
constexpr Index kGroup = 16;         // examples that are skipped together
constexpr Index kMost = 256;         // candidates that are tried ahead

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// The nearest two medoids of every example, and what follows from them.
class Swapper {
 public:
  Swapper(const Context& context, const Distances& distances, std::vector<Index> rows)
      : context_(context),
        distances_(distances),
        medoids_(std::move(rows)),
        is_medoid_(at(distances.n)),
        nearest_(at(distances.n)),
        second_(at(distances.n)),
        to_nearest_(at(distances.n)),
        to_second_(at(distances.n)),
        removal_loss_(medoids_.size()) {
    for (const Index row : medoids_) is_medoid_[at(row)] = 1;
    context.parallel_for(distances.n, kRows, [&](Index from, Index to) {
      for (Index o = from; o < to; ++o) {
        find_nearest(o);
        find_second(o);
      }
    });
    sum_losses();
  }

  Medoids run(Index max_iter) {
    Medoids out;
    // Of the candidates since the last swap. The one that was swapped in needs no second look: N − 1 others do; before
    // the first swap, all N.
    Index without_gain = 0, needed = distances_.n;
    Index batch = kFewest;
    for (Index pass = 0; pass < max_iter && !out.converged; ++pass) {
      out.iterations = pass + 1;
      for (Index j = 0; j < distances_.n && !out.converged;) {
        context_.progress(pass * distances_.n + j, max_iter * distances_.n, "candidates");
        const Index end = std::min({distances_.n, j + batch, j + needed - without_gain});
        const Swap best = first_gain(j, end);
        if (best.candidate < 0) {
          batch = std::min(kMost, 2 * batch);
          without_gain += end - j;
          j = end;
        } else {
          do_swap(best);
          ++out.swaps;
          batch = kFewest;
          without_gain = 0, needed = distances_.n - 1;
          j = best.candidate + 1;
        }
        out.converged = without_gain == needed;
      }
    }
    out.rows = std::move(medoids_);
    out.loss = loss_;
    return out;
  }

 private:
  static constexpr Index kRows = 1024;   // of a task
  static constexpr Index kFewest = 8;    // candidates tried ahead after a swap
  static constexpr Index kTogether = 2;  // candidates of a task

  struct Swap {
    Index candidate = -1, position = -1;  // no swap
    double change = 0;
  };

  void find_nearest(Index o) {
    const double* row = distances_.row(o);
    std::int32_t& nearest = nearest_[at(o)];
    double least = kInfinity;
    for (std::size_t p = 0; p < medoids_.size(); ++p)
      if (row[medoids_[p]] < least) least = row[medoids_[p]], nearest = static_cast<std::int32_t>(p);
    to_nearest_[at(o)] = least;
  }
  void find_second(Index o) {
    const double* row = distances_.row(o);
    double least = kInfinity;
    std::int32_t second = -1;
    for (std::size_t p = 0; p < medoids_.size(); ++p)
      if (static_cast<std::int32_t>(p) != nearest_[at(o)] && row[medoids_[p]] < least)
        least = row[medoids_[p]], second = static_cast<std::int32_t>(p);
    second_[at(o)] = second;
    to_second_[at(o)] = least;
  }

  // The loss, and what the removal of each medoid would add to it.
  void sum_losses() {
    std::fill(removal_loss_.begin(), removal_loss_.end(), 0);
    loss_ = 0;
    for (Index o = 0; o < distances_.n; ++o) {
      const double weight = distances_.weight(o);
      if (weight == 0) continue;
      loss_ += weight * to_nearest_[at(o)];
      removal_loss_[at(nearest_[at(o)])] += weight * (to_second_[at(o)] - to_nearest_[at(o)]);
    }
  }

  // What the loss would change by if `candidate` became a medoid in the best place.
  Swap evaluate(Index candidate, std::vector<double>& change) const {
    if (is_medoid_[at(candidate)] || distances_.weight(candidate) == 0) return {};
    change.assign(removal_loss_.begin(), removal_loss_.end());
    const double* row = distances_.row(candidate);
    double gain = 0;  // whichever is removed
    const auto look = [&](Index o) {
      const double d = row[o], nearest = to_nearest_[at(o)], second = to_second_[at(o)];
      if (!(d < second)) return;
      const double weight = distances_.weight(o);
      if (weight == 0) return;
      double& of_nearest = change[at(nearest_[at(o)])];
      if (d < nearest) gain += weight * (d - nearest), of_nearest += weight * (nearest - second);
      else of_nearest += weight * (d - second);
    };
    Index o = 0;
    for (; o + kGroup <= distances_.n; o += kGroup) {  // of most groups, nobody is near
      using Group = Eigen::Map<const Eigen::Array<double, kGroup, 1>>;
      if (!((Group(row + o) - Group(to_second_.data() + o)).minCoeff() < 0)) continue;
      for (Index i = o; i < o + kGroup; ++i) look(i);
    }
    for (; o < distances_.n; ++o) look(o);
    const auto best = std::min_element(change.begin(), change.end());
    return {candidate, best - change.begin(), *best + gain};
  }

  // The first of the candidates `from` … `to` − 1 that gains.
  Swap first_gain(Index from, Index to) {
    tried_.assign(at(to - from), Swap{});
    context_.parallel_for(to - from, kTogether, [&](Index first, Index end) {
      std::vector<double> change;
      for (Index i = first; i < end; ++i) tried_[at(i)] = evaluate(from + i, change);
    });
    for (const Swap& swap : tried_)
      if (swap.candidate >= 0 && swap.change < -kRounding * loss_) return swap;
    return {};
  }

  void do_swap(const Swap& swap) {
    const auto position = static_cast<std::int32_t>(swap.position);
    is_medoid_[at(medoids_[at(swap.position)])] = 0;
    is_medoid_[at(swap.candidate)] = 1;
    medoids_[at(swap.position)] = swap.candidate;
    const double* row = distances_.row(swap.candidate);
    context_.parallel_for(distances_.n, kRows, [&](Index from, Index to) {
      for (Index o = from; o < to; ++o) {
        const double d = row[o];
        std::int32_t &nearest = nearest_[at(o)], &second = second_[at(o)];
        double &to_nearest = to_nearest_[at(o)], &to_second = to_second_[at(o)];
        if (nearest == position) {
          if (d < to_second) {
            to_nearest = d;
          } else {
            nearest = second, to_nearest = to_second;
            find_second(o);
          }
        } else if (d < to_nearest) {
          second = nearest, to_second = to_nearest;
          nearest = position, to_nearest = d;
        } else if (second == position) {
          if (d > to_second) find_second(o);
          else to_second = d;
        } else if (d < to_second) {
          second = position, to_second = d;
        }
      }
    });
    sum_losses();
  }

  const Context& context_;
  const Distances& distances_;
  std::vector<Index> medoids_;
  std::vector<char> is_medoid_;
  std::vector<std::int32_t> nearest_, second_;  // positions among the medoids; −1: there is no second
  std::vector<double> to_nearest_, to_second_;  // infinite where there is none
  std::vector<double> removal_loss_;            // of each medoid
  std::vector<Swap> tried_;
  double loss_ = 0;
};

}  // namespace

std::vector<Index> build(const Context& context, const Distances& distances, Index k) {
  constexpr Index kRows = 16;
  const Index n = distances.n;
  std::vector<Index> out;
  std::vector<double> to_nearest(at(n), kInfinity), gains(at(n));
  std::vector<char> taken(at(n));
  for (Index step = 0; step < k; ++step) {
    context.progress(step, k, "medoids of BUILD");
    context.parallel_for(n, kRows, [&](Index from, Index to) {
      for (Index j = from; j < to; ++j) {
        if (taken[at(j)] || distances.weight(j) == 0) continue;
        const double* row = distances.row(j);
        double gain = 0;
        if (step == 0)
          for (Index o = 0; o < n; ++o) gain -= distances.weight(o) * row[o];
        else
          for (Index o = 0; o < n; ++o) gain += distances.weight(o) * std::max(0.0, to_nearest[at(o)] - row[o]);
        gains[at(j)] = gain;
      }
    });
    Index best = -1;
    for (Index j = 0; j < n; ++j)
      if (!taken[at(j)] && distances.weight(j) > 0 && (best < 0 || gains[at(j)] > gains[at(best)])) best = j;
    SHOAL_ASSERT(best >= 0);
    out.push_back(best);
    taken[at(best)] = 1;
    const double* row = distances.row(best);
    for (Index o = 0; o < n; ++o) to_nearest[at(o)] = std::min(to_nearest[at(o)], row[o]);
  }
  return out;
}

Medoids faster_pam(const Context& context, const Distances& distances, std::vector<Index> rows, Index max_iter) {
  if (rows.size() > 1) return Swapper(context, distances, std::move(rows)).run(max_iter);
  // Without a second medoid there is nothing to add up: the best one is BUILD's first.
  Medoids out{.rows = build(context, distances, 1), .iterations = 1, .converged = true};
  out.swaps = out.rows != rows;
  for (Index o = 0; o < distances.n; ++o) out.loss += distances.weight(o) * distances.row(out.rows[0])[o];
  return out;
}

Medoids alternate(const Context& context, const Distances& distances, std::vector<Index> rows, Index max_iter) {
  constexpr Index kRows = 256;
  const Index n = distances.n;
  Medoids out{.rows = std::move(rows)};
  std::vector<Index> label(at(n));
  std::vector<double> to_nearest(at(n)), sums(at(n));
  const auto assign = [&] {
    context.parallel_for(n, kRows, [&](Index from, Index to) {
      for (Index o = from; o < to; ++o) {
        const double* row = distances.row(o);
        double least = kInfinity;
        for (std::size_t p = 0; p < out.rows.size(); ++p)
          if (row[out.rows[p]] < least) least = row[out.rows[p]], label[at(o)] = static_cast<Index>(p);
        to_nearest[at(o)] = distances.weight(o) * least;
      }
    });
    out.loss = shoal::kernels::sum_in_blocks(to_nearest);
  };
  assign();
  while (!out.converged && out.iterations < max_iter) {
    context.progress(out.iterations++, max_iter, "iterations");
    std::vector<std::vector<Index>> members(out.rows.size());
    for (Index o = 0; o < n; ++o)
      if (distances.weight(o) > 0) members[at(label[at(o)])].push_back(o);
    context.parallel_for(n, kRows / 16, [&](Index from, Index to) {
      for (Index j = from; j < to; ++j) {
        const double* row = distances.row(j);
        double sum = 0;
        for (const Index o : members[at(label[at(j)])]) sum += distances.weight(o) * row[o];
        sums[at(j)] = sum;
      }
    });
    Index changed = 0;
    for (std::size_t p = 0; p < out.rows.size(); ++p) {
      Index best = out.rows[p];
      if (label[at(best)] != static_cast<Index>(p)) continue;  // an equal medoid before it has its rows
      for (const Index j : members[p])
        if (sums[at(j)] < sums[at(best)] - kRounding * std::abs(sums[at(best)])) best = j;
      changed += best != out.rows[p];
      out.rows[p] = best;
    }
    out.swaps += changed;
    out.converged = changed == 0;
    if (changed > 0) assign();
  }
  return out;
}
