#include "shoal/kernels/silhouette.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "padded_rows.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kTaskRows = 64;               // rows that pass over all others together
constexpr Index kSliceRows = 64 * kTaskRows;  // rows between two reports of progress
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Σ √squares; number i adds to sum i mod 8, and the eight are added in order.
double sum_of_roots(const double* squares, Index count) {
  constexpr Index kSums = 8;
  double sums[kSums] = {};
  Index i = 0;
  for (; i + kSums <= count; i += kSums)
    for (Index s = 0; s < kSums; ++s) sums[s] += std::sqrt(squares[i + s]);
  for (Index s = 0; i + s < count; ++s) sums[s] += std::sqrt(squares[i + s]);
  double out = 0;
  for (const double sum : sums) out += sum;
  return out;
}

double width(double own, double other) {
  const double greater = std::max(own, other);
  return greater > 0 ? (other - own) / greater : 0;
}

/// What one task knows of its rows while it passes over the clusters.
struct Nearness {
  double own = 0, other = kInfinity;
};

/// Rows cluster by cluster as float64, and which of them are looked at.
class Measurement {
 public:
  Measurement(ConstArray features, const ClusteredRows& clustered, std::span<const Index> looked_at)
      : clustered_(clustered),
        x_(padded_rows(features, clustered.rows)),
        looked_at_(looked_at),
        cluster_(clustered.rows.size()) {
    for (Index c = 0; c < clustered.clusters(); ++c)
      std::fill(cluster_.begin() + clustered.start[at(c)], cluster_.begin() + clustered.start[at(c + 1)], c);
  }

  const RowMatrix<double>& x() const { return x_; }
  Index cluster(Index place) const { return cluster_[at(place)]; }
  std::span<const Index> clusters() const { return cluster_; }
  Index count() const { return looked_at_.empty() ? x_.rows() : static_cast<Index>(looked_at_.size()); }
  Index place(Index i) const { return looked_at_.empty() ? i : looked_at_[at(i)]; }

  /// Calls of_task(from, to, widths from `from` on) for tasks of the rows that are looked at.
  template <typename OfTask>
  Silhouette mean(Context& context, OfTask&& of_task) const {
    std::vector<double> widths(at(count()));
    for (Index first = 0; first < count(); first += kSliceRows) {
      context.progress(first, count(), "rows");
      context.parallel_for(std::min(kSliceRows, count() - first), kTaskRows, [&](Index from, Index to) {
        of_task(first + from, first + to, widths.data() + first + from);
      });
    }
    const auto k = at(clustered_.clusters());
    std::vector<double> sums(k), rows(k);
    for (Index i = 0; i < count(); ++i) {
      sums[at(cluster(place(i)))] += widths[at(i)];
      ++rows[at(cluster(place(i)))];
    }
    for (std::size_t c = 0; c < k; ++c) sums[c] /= rows[c];  // 0/0 is NaN
    return {.mean = sum_in_blocks(widths) / static_cast<double>(count()), .by_cluster = std::move(sums)};
  }

 private:
  const ClusteredRows& clustered_;
  RowMatrix<double> x_;  // (M, D)
  std::span<const Index> looked_at_;
  std::vector<Index> cluster_;  // (M)
};

}  // namespace

Silhouette silhouette(Context& context, ConstArray features, const ClusteredRows& clustered,
                      std::span<const Index> looked_at) {
  const Measurement m(features, clustered, looked_at);
  const Arithmetic& on = arithmetic();
  const Index cols = m.x().cols();
  const Index tile = std::clamp<Index>(2048 / cols / 8 * 8, 8, 256);  // so many rows stay in the first cache
  return m.mean(context, [&](Index from, Index to, double* widths) {
    Nearness near[kTaskRows];
    double sums[kTaskRows], squares[256];
    for (Index c = 0; c < clustered.clusters(); ++c) {
      std::fill_n(sums, to - from, 0.0);
      const Index end = clustered.start[at(c + 1)];
      for (Index first = clustered.start[at(c)]; first < end; first += tile) {
        const Index rows = std::min(tile, end - first);
        for (Index i = from; i < to; ++i) {
          on.squared_distances(m.x().row(m.place(i)).data(), m.x().row(first).data(), rows, cols, squares);
          sums[i - from] += sum_of_roots(squares, rows);
        }
      }
      for (Index i = from; i < to; ++i) {
        Nearness& row = near[i - from];
        const auto size = static_cast<double>(clustered.size(c));
        if (c == m.cluster(m.place(i))) row.own = sums[i - from] / (size - 1);  // its distance to itself is 0
        else row.other = std::min(row.other, sums[i - from] / size);
      }
    }
    for (Index i = from; i < to; ++i)
      widths[i - from] =
          clustered.size(m.cluster(m.place(i))) == 1 ? 0 : width(near[i - from].own, near[i - from].other);
  });
}

Silhouette simplified_silhouette(Context& context, ConstArray features, const ClusteredRows& clustered,
                                 std::span<const Index> looked_at) {
  const Measurement m(features, clustered, looked_at);
  const Arithmetic& on = arithmetic();
  const Index k = clustered.clusters();
  const RowMatrix<double> means = cluster_means(context, ConstArray(m.x()), m.clusters(), k).means;
  return m.mean(context, [&](Index from, Index to, double* widths) {
    std::vector<double> squares(at(k));
    for (Index i = from; i < to; ++i) {
      const Index place = m.place(i), own = m.cluster(place);
      on.squared_distances(m.x().row(place).data(), means.data(), k, m.x().cols(), squares.data());
      const double to_own = std::sqrt(squares[at(own)]);
      squares[at(own)] = kInfinity;
      const double to_other = std::sqrt(*std::min_element(squares.begin(), squares.end()));
      widths[i - from] = clustered.size(own) == 1 ? 0 : width(to_own, to_other);
    }
  });
}

}  // namespace shoal::kernels
