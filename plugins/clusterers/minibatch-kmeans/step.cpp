#include "step.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Index;

namespace {

constexpr Index kColumns = 64;  // a task: all rows, and so many columns of them
constexpr Index kLanes = 8;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// What a step does to the centroids.
struct Moves {
  std::vector<Index> rows;   // of the batch, by label, each cluster's in order
  std::vector<Index> begin;  // (K + 1) where each cluster begins in `rows`
  std::vector<Index> place;  // (K) the row that a starved centroid is put on; −1: it goes to its mean
};

void sort_by_label(std::span<const Index> labels, Index k, Moves& moves) {
  moves.begin.assign(at(k) + 1, 0);
  for (const Index label : labels) ++moves.begin[at(label) + 1];
  std::partial_sum(moves.begin.begin(), moves.begin.end(), moves.begin.begin());
  moves.rows.resize(labels.size());
  std::vector<Index> next = moves.begin;
  for (std::size_t i = 0; i < labels.size(); ++i) moves.rows[at(next[at(labels[i])]++)] = static_cast<Index>(i);
}

// The clusters that are to be reassigned: few examples, and at most half a batch of them, the smallest first.
std::vector<Index> starved(std::span<const double> counts, double ratio, Index batch_size) {
  const double least = ratio * *std::max_element(counts.begin(), counts.end());
  std::vector<Index> out;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] < least) out.push_back(static_cast<Index>(c));
  const Index most = batch_size / 2;
  if (static_cast<Index>(out.size()) > most) {
    std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) { return counts[at(a)] < counts[at(b)]; });
    out.resize(at(most));
    std::sort(out.begin(), out.end());
  }
  return out;
}

void place_starved(Index batch_size, double ratio, shoal::Random random, std::vector<double>& counts, Moves& moves) {
  const std::vector<Index> clusters = starved(counts, ratio, batch_size);
  if (clusters.empty()) return;
  const auto rows = kernels::random_rows(batch_size, static_cast<Index>(clusters.size()), random);
  for (std::size_t i = 0; i < clusters.size(); ++i) moves.place[at(clusters[i])] = rows[i];
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (moves.place[c] < 0) least = std::min(least, counts[c]);
  for (const Index c : clusters) counts[at(c)] = least;
}

// Sums over a part of the columns.
struct Sums {
  double inertia = 0, squared_shift = 0;
};

// sum += x − origin; squares += (x − centroid)², number j to lane j mod 8, whatever the width of a vector.
template <typename Scalar>
void add(const Scalar* __restrict x, const double* __restrict origin, const double* __restrict centroid, Index cols,
         double* __restrict sum, double* __restrict squares) {
  const auto add_one = [&](Index j, Index lane) {
    const double value = static_cast<double>(x[j]), difference = value - centroid[j];
    sum[j] += value - origin[j];
    squares[lane] += difference * difference;
  };
  Index j = 0;
  for (; j + kLanes <= cols; j += kLanes)
    for (Index lane = 0; lane < kLanes; ++lane) add_one(j + lane, lane);
  for (; j < cols; ++j) add_one(j, j % kLanes);
}

// Moves the columns from … to of all centroids. A centroid that has no examples yet is averaged about its first row, so
// that it does not matter how far away it was; the others about themselves, so that a common offset costs no accuracy.
template <typename Scalar>
Sums move_columns(const shoal::ConstMatrix<Scalar>& batch, const Moves& moves, std::span<const double> counts,
                  Index from, Index to, shoal::RowMatrix<double>& centroids) {
  const auto part_of = [&](Index row) { return batch.row(row).data() + from; };
  double squares[kLanes] = {};
  Sums out;
  for (Index c = 0; c < centroids.rows(); ++c) {
    const Index first = moves.begin[at(c)], last = moves.begin[at(c) + 1], place = moves.place[at(c)];
    if (first == last && place < 0) continue;
    double* const centroid = &centroids(c, from);
    double origin[kColumns], sum[kColumns] = {};
    const bool fresh = first < last && counts[at(c)] == static_cast<double>(last - first);
    if (fresh) std::copy_n(part_of(moves.rows[at(first)]), to - from, origin);
    else std::copy_n(centroid, to - from, origin);
    for (Index i = first; i < last; ++i) add(part_of(moves.rows[at(i)]), origin, centroid, to - from, sum, squares);
    for (Index j = 0; j < to - from; ++j) {
      const double moved = place < 0 ? origin[j] + sum[j] / counts[at(c)] : static_cast<double>(part_of(place)[j]);
      out.squared_shift += (moved - centroid[j]) * (moved - centroid[j]);
      centroid[j] = moved;
    }
  }
  for (const double square : squares) out.inertia += square;
  return out;
}

Sums move(const shoal::Context& context, ConstArray batch, const Moves& moves, std::span<const double> counts,
          shoal::RowMatrix<double>& centroids) {
  const Index cols = centroids.cols();
  std::vector<Sums> parts(at((cols + kColumns - 1) / kColumns));
  context.parallel_for(cols, kColumns, [&](Index from, Index to) {
    shoal::visit_matrix(batch, [&](const auto& x) {
      parts[at(from / kColumns)] = move_columns(x, moves, counts, from, to, centroids);
    });
  });
  Sums out;
  for (const Sums& part : parts) out.inertia += part.inertia, out.squared_shift += part.squared_shift;
  return out;
}

}  // namespace

StepReport take_step(const shoal::Context& context, ConstArray batch, double reassignment_ratio, shoal::Random random,
                     MiniBatchState& state) {
  const Index k = state.centroids.rows();
  state.since_reassignment += batch.rows();  // judged before the step, as scikit-learn does: the first always reassigns
  const bool due = state.since_reassignment >= 10 * k || std::count(state.counts.begin(), state.counts.end(), 0.0) > 0;
  if (due) state.since_reassignment = 0;

  std::vector<Index> labels(at(batch.rows()));
  kernels::nearest(context, batch, ConstArray(state.centroids), shoal::MutableArray(labels));
  Moves moves{.rows = {}, .begin = {}, .place = std::vector<Index>(at(k), -1)};
  sort_by_label(labels, k, moves);
  for (std::size_t c = 0; c < at(k); ++c) state.counts[c] += static_cast<double>(moves.begin[c + 1] - moves.begin[c]);
  if (due && reassignment_ratio > 0) place_starved(batch.rows(), reassignment_ratio, random, state.counts, moves);
  const Sums sums = move(context, batch, moves, state.counts, state.centroids);
  ++state.steps;
  return {.mean_inertia = sums.inertia / static_cast<double>(batch.rows()), .squared_shift = sums.squared_shift};
}
