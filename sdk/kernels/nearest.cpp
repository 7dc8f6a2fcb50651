// The proof of the radius used here is in docs/kernels.md; the letters are the same.
#include "shoal/kernels/nearest.h"

#include <atomic>

#include "decide.h"
#include "distances.h"
#include "nearest_on.h"
#include "row_lanes.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kTaskRows = 675;

// Rows that are packed and screened together: whole tiles of every instruction set, the two ways round.
constexpr Index kMostBlockRows = 144;
Index block_rows(const Panels& panels) { return row_lanes_pay(panels, 0, panels.count) ? 144 : 135; }

// Whole blocks, and so many that threads have something to share where rows are few, as in a mini-batch.
Index task_rows(Index n, Index block) { return std::clamp(n / 8 / block, Index{1}, kTaskRows / block) * block; }

// One thread's work on one task's rows.
class Labeller {
 public:
  Labeller(Isa isa, const Rows& rows, const Centroids& centroids)
      : screen_(screen(isa)),
        distances_(distances(isa)),
        centroids_(centroids),
        operands_(rows, centroids.frame(), screen_),
        block_(block_rows(centroids.panels())),
        packed_(operands_.in_place() ? 0 : block_ * rows.cols()),
        decider_(isa, rows, centroids) {}

  /// Labels rows from … to, of one task.
  void label(Index from, Index to, std::span<Index> labels) {
    if (!centroids_.screened()) {
      for (Index i = from; i < to; ++i) labels[static_cast<std::size_t>(i)] = decider_.among_all(i);
      return;
    }
    if (operands_.in_place())
      for (Index i = from; i < to; ++i) rows_[i - from] = operands_.at(i);
    for (Index first = from; first < to; first += block_)
      label_block(first, std::min(block_, to - first), rows_ + (operands_.in_place() ? first - from : 0),
                  operands_.in_place() ? std::min(block_, to - std::min(to, first + block_)) : 0, labels);
  }

  double distance(Index i, Index label) { return decider_.squared_distance(i, label); }
  Index rechecked() const { return decider_.rows_decided(); }

 private:
  // Rows `first` … of which there are `count`; where they are in place, rows[…] are their addresses, and those of
  // `ahead` more.
  void label_block(Index first, Index count, const float** rows, Index ahead, std::span<Index> labels) {
    float norm2[kMostBlockRows], best[kMostBlockRows], second[kMostBlockRows];
    std::int32_t lane[kMostBlockRows], unsure[kMostBlockRows];
    if (!operands_.in_place())
      for (Index r = 0; r < count; ++r) rows[r] = operands_.take(first + r, packed_, r, norm2[r]);
    const Panels panels = centroids_.panels();
    screen_.top2(rows, count, panels, 0, panels.count, {best, second, lane},
                 {rows + count, ahead, !operands_.in_place()});
    if (operands_.in_place()) operands_.squared_norms(rows, count, norm2);  // now that they are in the cache
    for (Index r = 0; r < count; ++r) labels[static_cast<std::size_t>(first + r)] = lane[r];
    const Index count_unsure = distances_.unsure(norm2, best, second, centroids_.gap(), count, unsure);
    decider_.settle(first, {unsure, static_cast<std::size_t>(count_unsure)}, rows, norm2, best,
                    [&](Index r, Index label) { labels[static_cast<std::size_t>(first + r)] = label; });
  }

  const Screen& screen_;
  const Distances& distances_;
  const Centroids& centroids_;
  Operands operands_;
  Index block_;
  Buffer<float> packed_;
  Decider decider_;
  const float* rows_[kTaskRows];
};

void require_fitting(ConstArray features, ConstArray centroids, Index labels) {
  require(features.rank() == 2 && centroids.rank() == 2,
          "features and centroids must be matrices, but have shapes {} and {}", to_string(features.shape()),
          to_string(centroids.shape()));
  require(features.cols() == centroids.cols(), "expected {} columns, got {}", centroids.cols(), features.cols());
  require(centroids.rows() >= 1 && centroids.cols() >= 1, "needs at least 1 centroid and 1 column, got {}",
          to_string(centroids.shape()));
  require(features.rows() == labels, "needs {} labels, got {}", features.rows(), labels);
}

// Calls use(row, squared distance to the centroid of its label), block by block on the pool, in order within a block.
template <typename Use>
void each_assigned_distance(const Context& context, ConstArray features, ConstArray centroids,
                            std::span<const Index> labels, Index block, Use&& use) {
  require_fitting(features, centroids, static_cast<Index>(labels.size()));
  const RowMatrix<double> exact = to_float64(centroids);
  const Rows rows(features);
  const Arithmetic& on = arithmetic();
  context.parallel_for(rows.rows(), block, [&](Index from, Index to) {
    const Buffer<double> row(rows.cols());
    for (Index i = from; i < to; ++i) {
      const Index label = labels[static_cast<std::size_t>(i)];
      require(label >= 0 && label < exact.rows(), "row {} has label {}, but there are {} centroids", i, label,
              exact.rows());
      use(i, on.squared_distance(rows.read(i, row.data()), exact.row(label).data(), rows.cols()));
    }
  });
}

}  // namespace

NearestReport nearest_on(Isa isa, const Context& context, ConstArray features, ConstArray centroids,
                         std::span<Index> labels, std::span<double> squared_distance) {
  require_fitting(features, centroids, static_cast<Index>(labels.size()));
  require(squared_distance.empty() || squared_distance.size() == labels.size(), "needs {} distances, got {}",
          labels.size(), squared_distance.size());
  const RowMatrix<double> exact = to_float64(centroids);
  Centroids ready(exact.rows(), exact.cols(), Frame::about(exact, features.dtype()));
  ready.set(context, exact);
  const Rows rows(features);
  std::atomic<Index> rechecked{0};
  context.parallel_for(rows.rows(), task_rows(rows.rows(), block_rows(ready.panels())), [&](Index from, Index to) {
    Labeller labeller(isa, rows, ready);
    labeller.label(from, to, labels);
    if (!squared_distance.empty())
      for (Index i = from; i < to; ++i) {
        const auto at = static_cast<std::size_t>(i);
        squared_distance[at] = labeller.distance(i, labels[at]);
      }
    rechecked += labeller.rechecked();
  });
  return {rechecked};
}

void nearest(const Context& context, ConstArray features, ConstArray centroids, MutableArray labels,
             std::span<double> squared_distance) {
  nearest_on(best_isa(), context, features, centroids, labels.vector<Index>(), squared_distance);
}

void assigned_distances(const Context& context, ConstArray features, ConstArray centroids,
                        std::span<const Index> labels, std::span<double> squared_distance) {
  require(squared_distance.size() == labels.size(), "needs {} distances, got {}", labels.size(),
          squared_distance.size());
  each_assigned_distance(context, features, centroids, labels, kTaskRows,
                         [&](Index i, double distance) { squared_distance[static_cast<std::size_t>(i)] = distance; });
}

double inertia(const Context& context, ConstArray features, ConstArray centroids, std::span<const Index> labels,
               std::span<const double> weights) {
  require(weights.empty() || weights.size() == labels.size(), "needs {} weights, got {}", labels.size(),
          weights.size());
  // As sum_in_blocks() adds, but N distances are never kept.
  constexpr Index kBlock = 1024;
  std::vector<double> partial((labels.size() + kBlock - 1) / kBlock);
  each_assigned_distance(context, features, centroids, labels, kBlock, [&](Index i, double distance) {
    const auto at = static_cast<std::size_t>(i);
    partial[at / kBlock] += weight_of(weights, i) * distance;
  });
  double out = 0;
  for (const double sum : partial) out += sum;
  return out;
}

}  // namespace shoal::kernels
