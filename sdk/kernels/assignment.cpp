// The bounds and what they rest on are in docs/kernels.md.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "arrange.h"
#include "assignment_worker.h"

namespace shoal::kernels {
namespace {

static_assert(kGroupSize == kPanel);
constexpr Index kBoundBytes = 24 << 20;
constexpr Index kTurnedBytes = 32 << 20;
constexpr Index kMostGaps = 256;      // centroids up to which Bounds::kOne follows each pair of them
constexpr Index kNormRows = 1 << 24;  // rows up to which norms are kept without bounds too: 64 MB
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

float rounded_up(double x) { return static_cast<float>(x) * kUp; }

// Workers that wait for their next task: there are as many as threads, whose memory is not asked for again each time.
template <typename T>
class Idle {
 public:
  std::unique_ptr<T> take() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return nullptr;
    std::unique_ptr<T> out = std::move(waiting_.back());
    waiting_.pop_back();
    return out;
  }
  void give(std::unique_ptr<T> worker) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(worker));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> waiting_;
};

}  // namespace

void Assignment::State::take_centroids(const Context& context, const RowMatrix<double>& given) {
  if (names.empty()) {
    names = arrange(given);
    places.resize(names.size());
    for (std::size_t p = 0; p < names.size(); ++p) places[at(names[p])] = static_cast<Index>(p);
    arranged.resize(k, rows.cols());
  }
  for (Index p = 0; p < k; ++p) arranged.row(p) = given.row(names[at(p)]);
  if (centroids) centroids->set(context, arranged);
  if (centroids && centroids->usable()) return;
  centroids.emplace(k, rows.cols(), Frame::about(arranged, rows.dtype()));
  centroids->set(context, arranged);
  projection.reset();
  norms_known = bounds_hold = false;
}

void Assignment::State::take_projection(const Context& context) {
  if (kind == Bounds::kNone || !centroids->screened()) return;
  if (!projection && !projection_is_of_no_use) {
    const Index dimensions = Projection::dimensions(rows.rows(), rows.cols(), k);
    if (dimensions == 0) return;
    projection = std::make_unique<Projection>(context, rows, centroids->frame(), dimensions, isa, norm2);
    norms_known = true;
  }
  if (projection) projection->set_centroids(context, arranged);
}

void Assignment::State::take_kind(Bounds bounds) {
  const bool projected = !projection_is_of_no_use && projects(rows.rows(), rows.cols(), k);
  const bool as_gaps = bounds == Bounds::kOne && k <= kMostGaps && !projected;
  if (bounds == kind && as_gaps == keeps_gaps && (bounds == Bounds::kNone || !upper.empty())) return;
  kind = bounds;
  keeps_gaps = as_gaps;
  bounds_hold = false;
  each.reset();
  if (bounds == Bounds::kNone) return;
  upper.resize(at(tasks() * kTaskRows));
  if (keeps_gaps) return take_gaps();
  const Index panels = centroids->panels().count;
  const Index most = bounds == Bounds::kOne || bounds == Bounds::kEach
                         ? 1
                         : std::max<Index>(1, kBoundBytes / 4 / std::max<Index>(1, rows.rows()));
  panels_of_group = (panels + std::min(most, panels) - 1) / std::min(most, panels);
  groups = (panels + panels_of_group - 1) / panels_of_group;
  lower.resize(at(tasks() * kTaskRows * groups));
  moved.resize(at(groups));
  moved_up.resize(at(groups));
  drift.resize(at(k));
  group_of_centroid.resize(at(k));
  for (Index c = 0; c < k; ++c) group_of_centroid[at(c)] = static_cast<std::int32_t>(c / kPanel / panels_of_group);
}

void Assignment::State::take_gaps() {
  groups = 0;
  gap.resize(upper.size());
  own.resize(upper.size());
  costs.resize(at(tasks()));
  if (!moves) moves.emplace(isa, k);
}

// Rows are as far from the middle, in the mean of squares: their centroids are somewhat nearer.
void Assignment::State::measure_usual() {
  double sum = 0;
  for (Index i = 0; i < rows.rows(); ++i)
    if (const float square = norm2[at(i)]; has_scores(square)) sum += static_cast<double>(square);
  usual = std::sqrt(std::max(sum / static_cast<double>(rows.rows()), 0x1p-100));
}

// From what the rows of this call have cost: one row's share of a whole task, beside that of one that is picked.
void Assignment::State::learn_costs() {
  Cost sum;
  for (Cost& cost : costs) {
    sum.seconds_of_all += cost.seconds_of_all, sum.all += cost.all;
    sum.seconds_of_near += cost.seconds_of_near, sum.near += cost.near;
    cost = {};
  }
  const auto learn = [](double& known, double seconds, Index count) {
    if (count < kTaskRows) return;
    const double now = seconds / static_cast<double>(count);
    known = known == 0 ? now : std::min(known, now);
  };
  learn(seconds_of_all, sum.seconds_of_all, sum.all);
  learn(seconds_of_near, sum.seconds_of_near, sum.near);
  if (seconds_of_all > 0 && seconds_of_near > 0) near_share = std::clamp(seconds_of_all / seconds_of_near, 0.1, 1.0);
}

Index Assignment::State::turned_rows() const {
  const Index block = row_lanes(isa).block;
  return (kTaskRows + block - 1) / block * block;
}

void Assignment::State::take_turned() {
  if (turned || !(kind == Bounds::kNone || keeps_gaps) || !begun || !centroids->screened()) return;
  const Index size = tasks() * turned_rows() * rows.cols();
  const Panels panels = centroids->panels();
  const bool in_place = Operands(rows, centroids->frame(), screen(isa)).in_place();
  if (!in_place || !row_lanes_pay(panels, 0, panels.count) || size * 4 > kTurnedBytes) return;
  turned.emplace(size);
  is_turned.assign(at(tasks()), 0);
}

void Assignment::State::forget_moves() {
  std::fill(moved.begin(), moved.end(), 0.0);
  std::fill(moved_up.begin(), moved_up.end(), 0.0F);
  if (kind != Bounds::kEach) return;
  moved_each.assign(at(k), 0.0);
  moved_each_up.assign(at(k), 0.0F);
  if (!each && centroids->screened()) each.emplace(rows.rows() * k);
}

void Assignment::State::measure_drift(const Context& context) {
  if (keeps_gaps) return moves->set(context, before, arranged, centroids->frame().scale, usual);
  context.parallel_for(groups, 1, [&](Index from, Index to) {
    for (Index g = from; g < to; ++g) {
      double most = 0;
      for (Index c = g * panels_of_group * kPanel; c < std::min(k, (g + 1) * panels_of_group * kPanel); ++c) {
        const double shift = (arranged.row(c) - before.row(c)).norm() * centroids->frame().scale;
        drift[at(c)] = rounded_up(shift);
        most = std::max(most, shift);
        if (!each) continue;
        moved_each[at(c)] += shift * (1 + 0x1p-30);
        moved_each_up[at(c)] = rounded_up(moved_each[at(c)]);
      }
      moved[at(g)] += most * (1 + 0x1p-30);
      moved_up[at(g)] = rounded_up(moved[at(g)]);
    }
  });
}

void Assignment::State::forget(Index row) {
  upper[at(row)] = kInfinity;
  if (keeps_gaps) {
    gap[at(row)] = -kInfinity;
    own[at(row)] = static_cast<std::uint8_t>(places[at(labels[at(row)])]);
    return;
  }
  float* bounds = lower_of(row / kTaskRows * kTaskRows) + row % kTaskRows;
  for (Index g = 0; g < groups; ++g) bounds[g * kTaskRows] = -kInfinity;
  if (each) std::fill_n(each_of(row), k, -kInfinity);
}

Assignment::Assignment(ConstArray features, Index k, std::span<Index> labels) : state_(new State(features, k, labels)) {
  require(features.rank() == 2 && features.cols() >= 1, "features must be (N, D), but have shape {}",
          to_string(features.shape()));
  require(features.rows() == static_cast<Index>(labels.size()), "needs {} labels, got {}", features.rows(),
          labels.size());
  require(k >= 1, "k is {}, but there is at least 1 cluster", k);
}
Assignment::~Assignment() = default;

bool Assignment::projects(Index n, Index cols, Index k) { return Projection::dimensions(n, cols, k) > 0; }

void Assignment::require_room(Bounds bounds, Index n, Index k) {
  if (bounds != Bounds::kEach) return;
  const double wanted = 4 * static_cast<double>(n) * static_cast<double>(k);
  const double there = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto gib = [](double bytes) { return std::round(bytes / 0x1p30 * 10) / 10; };
  require(wanted < there,
          "one bound for each of {} examples and {} centroids (elkan) takes {} GiB, but this machine has {} GiB of "
          "memory: bounds for groups of centroids (yinyang) take 24 MB",
          n, k, gib(wanted), gib(there));
}

Assignment::Pass Assignment::update(const Context& context, const RowMatrix<double>& centroids, Bounds bounds,
                                    Changes changes) {
  State& s = *state_;
  require(centroids.rows() == s.k && centroids.cols() == s.rows.cols(), "expected centroids ({}, {}), got ({}, {})",
          s.k, s.rows.cols(), centroids.rows(), centroids.cols());
  if (s.kind != bounds) require_room(bounds, s.rows.rows(), s.k);
  s.take_centroids(context, centroids);
  s.take_kind(bounds);
  s.changes = changes;
  if (bounds != Bounds::kNone || s.rows.rows() <= kNormRows) s.norm2.resize(at(s.tasks() * kTaskRows));
  s.take_projection(context);
  s.take_turned();
  if (s.bounds_hold) s.measure_drift(context);
  else s.forget_moves();

  Idle<Worker> idle;
  Pass pass{.first = !s.begun};
  std::vector<Pass> of_task(at(s.tasks()));
  context.parallel_for(s.rows.rows(), kTaskRows, [&](Index from, Index to) {
    std::unique_ptr<Worker> worker = idle.take();
    if (!worker) worker = std::make_unique<Worker>(s);
    of_task[at(from / kTaskRows)] = worker->run(from, to);
    idle.give(std::move(worker));
  });
  for (const Pass& part : of_task) {
    pass.changed.insert(pass.changed.end(), part.changed.begin(), part.changed.end());
    pass.changes += part.changes;
    pass.rows_read += part.rows_read;
    pass.scores += part.scores;
    pass.decided += part.decided;
  }
  s.most_rows_are_near = s.groups > 4 && pass.rows_read > s.rows.rows() / 2;
  // Where directions are no better than others, few pairs are excluded; the projection is dropped then.
  if (s.projection && !pass.first && pass.scores > s.rows.rows() * (1 + s.k / 3))
    s.projection.reset(), s.projection_is_of_no_use = true;
  if (s.keeps_gaps) s.learn_costs();
  if (s.keeps_gaps && !s.bounds_hold && s.centroids->screened()) s.measure_usual();
  s.begun = true;
  s.norms_known = s.centroids->screened() && !s.norm2.empty();
  s.bounds_hold = s.centroids->screened() && bounds != Bounds::kNone;
  if (s.bounds_hold) std::swap(s.before, s.arranged), s.arranged.resize(s.k, s.rows.cols());
  return pass;
}

void Assignment::relabel(Index row, Index to) {
  State& s = *state_;
  s.labels[at(row)] = to;
  if (s.bounds_hold) s.forget(row);
}

}  // namespace shoal::kernels
