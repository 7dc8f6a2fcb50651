// Labels of rows that float32 cannot decide. Internal.
#ifndef SHOAL_KERNELS_DECIDE_H_
#define SHOAL_KERNELS_DECIDE_H_

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "centroids.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The nearest centroid as float64 has it; of equals the one with the lowest of `names` (K), or the lowest where these
/// are left out. One thread's.
class Decider {
 public:
  Decider(Isa isa, const Rows& rows, const Centroids& centroids, std::span<const Index> names = {})
      : names_(names),
        screen_(screen(isa)),
        on_(arithmetic(isa)),
        rows_(rows),
        centroids_(centroids),
        row_(rows.cols()) {}

  double squared_distance(Index i, Index c) {
    return on_.squared_distance(rows_.read(i, row_.data()), centroids_.exact(c), rows_.cols());
  }

  Index among_all(Index i) {
    begin(i);
    if (!centroids_.order().empty()) return among_neighbours();
    for (Index c = 0; c < centroids_.k(); ++c) consider(c);
    return label_;
  }

  /// Among the centroids of the panels `from` … `to` whose score with `operand` is at least `least`; call begin before
  /// and label after the last of these.
  void within(const float* operand, Index from, Index to, double least) {
    const Panels panels = centroids_.panels();
    float scores[kPanel];
    for (Index p = from; p < to; ++p) {
      screen_.scores(operand, panels, p, scores);
      for (Index lane = 0; lane < kPanel; ++lane)
        if (static_cast<double>(scores[lane]) >= least && p * kPanel + lane < centroids_.k())
          consider(p * kPanel + lane);
    }
  }
  /// Labels rows that their scores leave unsure, the best of all being known: calls use(r, label) for each r of the
  /// list, row first + r being meant.
  template <typename Use>
  void settle(Index first, std::span<const std::int32_t> list, const float* const* operands, const float* norm2,
              const float* best, Use&& use) {
    const Panels panels = centroids_.panels();
    unsure_.clear(), operands_.clear(), least_.clear();
    for (const std::int32_t r : list) {
      if (!has_scores(norm2[r])) {
        use(r, among_all(first + r));
        continue;
      }
      const double least = static_cast<double>(best[r]) - centroids_.threshold(centroids_.norm_bound(norm2[r]));
      unsure_.push_back(r), operands_.push_back(operands[r]);
      least_.push_back(std::nextafter(static_cast<float>(least), -std::numeric_limits<float>::infinity()));
    }
    const std::size_t count = unsure_.size(), panel_count = static_cast<std::size_t>(panels.count);
    lanes_.resize(panel_count * count), best_below_.resize(count);
    for (std::size_t p = 0; p < panel_count && count > 0; ++p)
      screen_.lanes_above(operands_.data(), static_cast<Index>(count), panels, static_cast<Index>(p), least_.data(),
                          lanes_.data() + p * count, best_below_.data());
    for (std::size_t i = 0; i < count; ++i) {
      begin(first + unsure_[i]);
      for (std::size_t p = 0; p < panel_count; ++p)
        for (unsigned lanes = lanes_[p * count + i]; lanes != 0; lanes &= lanes - 1)
          if (const Index c = static_cast<Index>(p) * kPanel + __builtin_ctz(lanes); c < centroids_.k()) consider(c);
      use(unsure_[i], label_);
    }
  }
  void begin(Index i) {
    x_ = rows_.read(i, row_.data());
    label_ = 0;
    nearest_ = std::numeric_limits<double>::infinity();
    ++rows_decided_;
  }
  void consider(Index c) { consider_at(c, on_.squared_distance(x_, centroids_.exact(c), rows_.cols())); }
  Index label() const { return label_; }

  Index rows_decided() const { return rows_decided_; }

 private:
  // In one dimension the computed distance never falls as one goes away from the row on either side.
  Index among_neighbours() {
    const std::vector<double>& sorted = centroids_.sorted();
    const double* from = sorted.data();
    for (std::size_t left = sorted.size(); left > 1; left -= left / 2)
      from += from[left / 2 - 1] < *x_ ? left / 2 : 0;  // no branch that would have to be guessed
    const auto above = from - sorted.data() + (*from < *x_ ? 1 : 0);
    const auto k = static_cast<Index>(sorted.size());
    for (Index p = above; p < k && consider(p, sorted) <= nearest_; ++p) {
    }
    for (Index p = above - 1; p >= 0 && consider(p, sorted) <= nearest_; --p) {
    }
    return label_;
  }
  double consider(Index place, const std::vector<double>& sorted) {
    const double difference = *x_ - sorted[static_cast<std::size_t>(place)];
    return consider_at(centroids_.order()[static_cast<std::size_t>(place)], difference * difference);
  }
  double consider_at(Index c, double d2) {
    if (d2 < nearest_ || (d2 == nearest_ && name(c) < name(label_))) nearest_ = d2, label_ = c;
    return d2;
  }

  Index name(Index c) const { return names_.empty() ? c : names_[static_cast<std::size_t>(c)]; }

  std::span<const Index> names_;
  const Screen& screen_;
  const Arithmetic& on_;
  const Rows& rows_;
  const Centroids& centroids_;
  Buffer<double> row_;
  std::vector<std::int32_t> unsure_;  // of settle: rows, their numbers, scores, and by panel the lanes that reach these
  std::vector<const float*> operands_;
  std::vector<float> least_, best_below_;
  std::vector<std::uint16_t> lanes_;
  const double* x_ = nullptr;
  Index label_ = 0;
  double nearest_ = 0;
  Index rows_decided_ = 0;
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_DECIDE_H_
