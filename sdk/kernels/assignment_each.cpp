// Bounds::kEach: a bound of each row with each centroid (Elkan). docs/kernels.md says what it rests on.
#include <algorithm>
#include <cmath>
#include <limits>

#include "assignment_worker.h"

namespace shoal::kernels {
namespace {

constexpr Index kScoredRows = 32;  // whose scores with all centroids are at hand at once
// Where more than one centroid in this many is open, scoring all of them in tiles costs no more than the open ones one
// by one.
constexpr Index kTilesArePar = 8;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kFarthest = std::numeric_limits<float>::max();  // a reach with which a bound of ∞ still excludes

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

void Assignment::Worker::screen_by_each(Index near) {
  list_open(near);
  if (s_.projection) {
    set_floors();  // and what else a projected score needs
    exclude_pairs_by_projection();
    project_all_with(whole_);
  } else {
    score_all_with(whole_);
  }
  if (!pairs_.empty()) {
    look_at_rows_of_pairs();
    score_pairs();
    settle_pairs();
  }
  for (Index r = 0; r < count_; ++r)
    if (!std::isnan(reach_[r])) lower(0)[r] = (nearest_other_[r] + s_.moved_up[0]) * kDown;
}

// Which centroids each of near_ has to be compared with: few as pairs_, or its number in whole_.
void Assignment::Worker::list_open(Index near) {
  pairs_.clear();
  whole_.clear();
  if (!labelled()) {
    for (Index i = 0; i < near; ++i) fetch(near_[i]);
    pass_.rows_read += near;
    for (Index i = 0; i < near; ++i) {
      if (!has_scores(norm2(near_[i]))) decide_stray(near_[i]);
      else reach_[near_[i]] = kInfinity, whole_.push_back(near_[i]);
    }
    return;
  }
  take_reaches(near);
  open_.resize(at(s_.k));
  for (Index r = 0; r < count_; ++r) {
    if (std::isnan(reach_[r])) continue;
    if (!s_.bounds_hold) {
      whole_.push_back(static_cast<std::int32_t>(r));
      continue;
    }
    each(r)[label(r)] = kInfinity;
    const Index found = row_bounds_.within(each(r), s_.moved_each_up.data(), std::min(reach_[r], kFarthest), s_.k,
                                           open_.data(), nearest_other_[r]);
    if (found > s_.k / kTilesArePar) whole_.push_back(static_cast<std::int32_t>(r));
    else
      for (Index i = 0; i < found; ++i) pairs_.push_back({static_cast<std::int32_t>(r), open_[at(i)], 0});
  }
}

// --- all centroids in all dimensions ---

void Assignment::Worker::score_all_with(std::span<const std::int32_t> rows) {
  const Panels panels = centroids_.panels();
  const Index lanes = panels.count * kPanel;
  if (!rows.empty()) all_scores_.resize(at(kScoredRows * lanes)), open_.resize(at(s_.k));
  for (std::size_t from = 0; from < rows.size(); from += kScoredRows) {
    const auto here = rows.subspan(from, std::min<std::size_t>(kScoredRows, rows.size() - from));
    for (std::size_t i = 0; i < here.size(); ++i) listed_[i] = operand_[here[i]];
    screen_.all_scores(listed_, static_cast<Index>(here.size()), panels, all_scores_.data());
    for (std::size_t i = 0; i < here.size(); ++i)
      settle_scored(here[i], all_scores_.data() + static_cast<Index>(i) * lanes);
  }
  pass_.scores += static_cast<Index>(rows.size()) * s_.k;
}

void Assignment::Worker::settle_scored(Index r, const float* scores) {
  const float threshold = squared_error(r);
  row_bounds_.from_scores(scores, norm2(r) - threshold, 0, 1, s_.moved_each_up.data(), s_.k, each(r));
  float best = 0, second = 0;
  row_bounds_.top2(scores, s_.k, best, second);
  best_[r] = best;
  const bool clear = best - second > threshold * kUp;
  const Index found = row_bounds_.above(scores, clear ? best : score_less(r, threshold), s_.k, open_.data());
  Index label = open_[0];
  if (!clear) {
    decider_.begin(first_ + r);
    for (Index i = 0; i < found; ++i) decider_.consider(open_[at(i)]);
    label = decider_.label();
  }
  nearest_other_[r] = below(r, scores[label] == best ? second : best);
  upper()[r] = above(r, scores[label]);
  set_label(r, label);
}

// --- with a projection: all centroids in few dimensions first ---

void Assignment::Worker::project_all_with(std::span<const std::int32_t> rows) {
  const Projection& projection = *s_.projection;
  const Panels panels = projection.centroids().panels();
  const Index lanes = panels.count * kPanel;
  if (!rows.empty()) all_scores_.resize(at(kScoredRows * lanes));
  for (std::size_t from = 0; from < rows.size(); from += kScoredRows) {
    const auto here = rows.subspan(from, std::min<std::size_t>(kScoredRows, rows.size() - from));
    for (std::size_t i = 0; i < here.size(); ++i) listed_[i] = projection.row(first_ + here[i]);
    screen_.all_scores(listed_, static_cast<Index>(here.size()), panels, all_scores_.data());
    for (std::size_t i = 0; i < here.size(); ++i) {
      const Index r = here[i];
      row_bounds_.from_scores(all_scores_.data() + static_cast<Index>(i) * lanes, net_[r], slack_[r],
                              projection.shrink(), s_.moved_each_up.data(), s_.k, each(r));
      each(r)[label(r)] = kInfinity;
      const Index found = row_bounds_.within(each(r), s_.moved_each_up.data(), std::min(reach_[r], kFarthest), s_.k,
                                             open_.data(), nearest_other_[r]);
      for (Index j = 0; j < found; ++j) pairs_.push_back({here[i], open_[at(j)], 0});
    }
  }
}

// Drops the pairs whose projected distance is beyond reach already.
void Assignment::Worker::exclude_pairs_by_projection() {
  const Projection& projection = *s_.projection;
  const Centroids& few = projection.centroids();
  std::size_t left = 0;
  for (std::size_t from = 0; from < pairs_.size(); from += kTaskRows) {
    const std::size_t count = std::min<std::size_t>(kTaskRows, pairs_.size() - from);
    for (std::size_t i = 0; i < count; ++i) {
      const Pair& pair = pairs_[from + i];
      listed_[i] = projection.row(first_ + pair.row);
      other_[i] = few.row(pair.centroid);
      listed_net_[i] = net_[pair.row];
      listed_slack_[i] = slack_[pair.row];
    }
    const auto listed = static_cast<Index>(count);
    screen_.dots(listed_, other_, listed, projection.dimensions(), scores_);
    for (std::size_t i = 0; i < count; ++i) scores_[i] += few.bias(pairs_[from + i].centroid);
    distances_.distances_below(listed_net_, scores_, listed_slack_, projection.shrink(), listed, scores_);
    for (std::size_t i = 0; i < count; ++i) {
      const Pair pair = pairs_[from + i];
      if (scores_[i] > reach_[pair.row] * kUp) {
        float& bound = each(pair.row)[pair.centroid];
        bound = std::max(bound, (scores_[i] + s_.moved_each_up[at(pair.centroid)]) * kDown);
        nearest_other_[pair.row] = std::min(nearest_other_[pair.row], scores_[i]);
      } else {
        pairs_[left++] = pair;
      }
    }
  }
  pairs_.resize(left);
}

// --- pairs that have been scored in all dimensions ---

void Assignment::Worker::bound_each(Index r, Index centroid, float score) {
  const float distance = below(r, score);
  each(r)[centroid] = (distance + s_.moved_each_up[at(centroid)]) * kDown;
  nearest_other_[r] = std::min(nearest_other_[r], distance);
}

void Assignment::Worker::settle_pairs() {
  for (Index i = 0; i < doubtful_count_; ++i) {
    const Index r = doubtful_[i];
    const float threshold = squared_error(r);
    float least = best_[r];  // the label's score, at least
    if (!(best_[r] - second_[r] > threshold * kUp)) {
      least = score_less(r, threshold);
      const Index label = decide_projected(r, least);
      if (label == lane_[r]) least = best_[r];
      else lane_[r] = static_cast<std::int32_t>(label);
    }
    if (lane_[r] == label(r)) continue;
    bound_each(r, label(r), own_[r]);
    upper()[r] = above(r, least);
    set_label(r, lane_[r]);
  }
  for (std::size_t i = 0; i < pairs_.size(); ++i)
    if (const Pair& pair = pairs_[i]; pair.centroid != lane_[pair.row])
      bound_each(pair.row, pair.centroid, pair_scores_[i]);
}

}  // namespace shoal::kernels
