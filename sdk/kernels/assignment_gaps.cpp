// Bounds::kOne of few centroids: by how much a row's own centroid is nearer than all others. docs/kernels.md says what
// it rests on.
#include <algorithm>
#include <chrono>
#include <limits>

#include "assignment_worker.h"

namespace shoal::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

// Rows whose gap may have closed are scored with all centroids; where they are many, all rows of the task.
void Assignment::Worker::screen_by_gaps() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  State::Cost& cost = s_.costs[at(first_ / kTaskRows)];
  Index near = count_;
  if (s_.bounds_hold)
    near =
        distances_.follow(s_.own.data() + first_, s_.moves->tables(), count_, s_.gap.data() + first_, upper(), near_);
  if (static_cast<double>(near) > s_.near_share * static_cast<double>(count_)) {
    screen_all_for_gaps();
    cost.seconds_of_all += seconds(), cost.all += count_;
  } else if (near > 0) {
    screen_near_for_gaps(near);
    cost.seconds_of_near += seconds(), cost.near += near;
  }
}

void Assignment::Worker::screen_all_for_gaps() {
  score_all();
  float* const gap = s_.gap.data() + first_;
  distances_.gaps(norms(), best_, second_, centroids_.gap(), count_, gap);
  distances_.distances_above(norms(), best_, centroids_.distance_error(), count_, upper());
  const Index unsure = distances_.unsure(norms(), best_, second_, centroids_.gap(), count_, doubtful_);
  settle_gaps(unsure);
  for (Index r = 0; r < count_; ++r)
    if (!s_.bounds_hold || s_.own[at(first_ + r)] != lane_[r]) take_label(r, lane_[r]);
}

void Assignment::Worker::screen_near_for_gaps(Index near) {
  for (Index i = 0; i < near; ++i) {
    fetch(near_[i]);
    listed_[i] = operand_[near_[i]];
    listed_norm2_[i] = norm2(near_[i]);
  }
  const Panels panels = centroids_.panels();
  screen_.top2(listed_, near, panels, 0, panels.count, {listed_best_, listed_second_, listed_lane_}, {});
  pass_.rows_read += near;
  pass_.scores += near * centroids_.k();
  distances_.gaps(listed_norm2_, listed_best_, listed_second_, centroids_.gap(), near, listed_floor_);
  distances_.distances_above(listed_norm2_, listed_best_, centroids_.distance_error(), near, scores_);
  for (Index i = 0; i < near; ++i) {
    const Index r = near_[i];
    s_.gap[at(first_ + r)] = listed_floor_[i];
    upper()[r] = scores_[i];
    lane_[r] = listed_lane_[i];
  }
  const Index unsure =
      distances_.unsure(listed_norm2_, listed_best_, listed_second_, centroids_.gap(), near, doubtful_);
  for (Index i = 0; i < unsure; ++i) {
    const Index r = near_[doubtful_[i]];
    best_[r] = listed_best_[doubtful_[i]];
    doubtful_[i] = static_cast<std::int32_t>(r);
  }
  settle_gaps(unsure);
  for (Index i = 0; i < near; ++i)
    if (const Index r = near_[i]; s_.own[at(first_ + r)] != lane_[r]) take_label(r, lane_[r]);
}

// As settle_unsure(). Gaps are those of the best scores: where another centroid is nearest, nothing is known.
void Assignment::Worker::settle_gaps(Index unsure) {
  for (Index i = 0; i < unsure; ++i) listed_lane_[i] = lane_[doubtful_[i]];
  settle_unsure(unsure);
  for (Index i = 0; i < unsure; ++i)
    if (const Index r = doubtful_[i]; lane_[r] != listed_lane_[i]) s_.gap[at(first_ + r)] = -kInfinity;
}

void Assignment::Worker::take_label(Index r, Index label) {
  s_.own[at(first_ + r)] = static_cast<std::uint8_t>(label);
  set_label(r, label);
}

}  // namespace shoal::kernels
