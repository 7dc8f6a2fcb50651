// The bounds and what they rest on are in docs/kernels.md.
#include "assignment_worker.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shoal::kernels {
namespace {

constexpr Index kCachedRows = 128;  // rows that stay in the cache of the second level
constexpr Index kWideCols = 128;    // from here on the rows of a whole task do not
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNoReach = std::numeric_limits<float>::quiet_NaN();  // compares false with every bound
constexpr float kLoose = 0.1F;  // a share of it that an upper bound may have grown by, before its row is read for that

std::size_t at(Index i) { return static_cast<std::size_t>(i); }
double wide(float x) { return static_cast<double>(x); }

}  // namespace

Assignment::Worker::Worker(State& state)
    : s_(state),
      screen_(screen(state.isa)),
      distances_(distances(state.isa)),
      row_bounds_(row_bounds(state.isa)),
      row_lanes_(row_lanes(state.isa)),
      centroids_(*state.centroids),
      operands_(state.rows, centroids_.frame(), screen_),
      decider_(state.isa, state.rows, centroids_, state.names),
      by_bytes_(state.projection && state.kind != Bounds::kNone && state.rows.dtype() == DType::kUInt8),
      at_once_(!operands_.in_place() || state.kind == Bounds::kEach ||
                       (state.projection && state.rows.cols() >= kWideCols)
                   ? kCachedRows
                   : kTaskRows),
      packed_(operands_.in_place() ? 0 : kCachedRows * state.rows.cols()) {}

Assignment::Pass Assignment::Worker::run(Index from, Index to) {
  pass_ = {};
  const Index decided = decider_.rows_decided();
  from_ = from;
  for (Index first = from; first < to; first += at_once_) {
    first_ = first;
    count_ = std::min(at_once_, to - first);
    if (!centroids_.screened()) decide_all();
    else if (s_.kind == Bounds::kNone) screen_all();
    else if (s_.keeps_gaps) screen_by_gaps();
    else screen_within_bounds();
  }
  pass_.decided = decider_.rows_decided() - decided;
  return std::move(pass_);
}

void Assignment::Worker::change_label(Index r, Index now) {
  Index& old = s_.labels[at(first_ + r)];
  if (s_.begun) {
    ++pass_.changes;
    if (s_.changes == Changes::kListed) pass_.changed.push_back({first_ + r, old, now});
  }
  old = now;
}

void Assignment::Worker::decide_all() {
  for (Index r = 0; r < count_; ++r) set_label(r, decider_.among_all(first_ + r));
  pass_.rows_read += count_;
  pass_.scores += count_ * (centroids_.order().empty() ? s_.k : 2);
}

// Makes row r ready to be scored, and knows its norm afterwards.
void Assignment::Worker::fetch(Index r) {
  const Index i = first_ + r;
  float& norm2 = s_.norm2.empty() ? norm2_[r] : s_.norm2[at(i)];
  if (operands_.in_place()) {
    operand_[r] = operands_.at(i);
    if (!s_.norms_known) norm2 = operands_.squared_norm(i);
  } else if (!by_bytes_) {  // the projection knows the norms
    operand_[r] = packed_.data() + r * s_.rows.cols();
    norm2 = operands_.pack(i, packed_.data() + r * s_.rows.cols());
  }
}

// best_, second_ and lane_ of all rows at hand with all centroids, and their norms.
void Assignment::Worker::score_all() {
  const bool in_place = operands_.in_place();
  const Panels panels = centroids_.panels();
  if (in_place && s_.turned) {
    score_turned();
  } else {
    for (Index r = 0; r < count_; ++r) in_place ? void(operand_[r] = operands_.at(first_ + r)) : fetch(r);
    screen_.top2(operand_, count_, panels, 0, panels.count, {best_, second_, lane_}, {});
  }
  if (in_place && !s_.norms_known) operands_.squared_norms(operand_, count_, norms());
  pass_.rows_read += count_;
  pass_.scores += count_ * centroids_.k();
}

// A whole task's rows, which lie turned or do from now on.
void Assignment::Worker::score_turned() {
  const Panels panels = centroids_.panels();
  float* const turned = s_.turned_of(first_);
  std::uint8_t& is_turned = s_.is_turned[at(first_ / kTaskRows)];
  if (!is_turned || !s_.norms_known)
    for (Index r = 0; r < count_; ++r) operand_[r] = operands_.at(first_ + r);
  if (!is_turned) row_lanes_.turn(operand_, count_, panels.cols, turned);
  is_turned = 1;
  row_lanes_.top2_of_turned(turned, count_, panels, 0, panels.count, {best_, second_, lane_});
}

// Puts the right label into lane_ of the first `unsure` of doubtful_.
void Assignment::Worker::settle_unsure(Index unsure) {
  if (operands_.in_place())
    for (Index i = 0; i < unsure; ++i) operand_[doubtful_[i]] = operands_.at(first_ + doubtful_[i]);
  decider_.settle(first_, {doubtful_, at(unsure)}, operand_, norms(), best_,
                  [&](Index r, Index label) { lane_[r] = static_cast<std::int32_t>(label); });
}

void Assignment::Worker::screen_all() {
  score_all();
  settle_unsure(distances_.unsure(norms(), best_, second_, centroids_.gap(), count_, doubtful_));
  for (Index r = 0; r < count_; ++r) set_label(r, lane_[r]);
}

// --- bounds ---

float Assignment::Worker::squared_error(Index r) const {
  const DistanceError& error = centroids_.distance_error();
  return error.constant + error.linear * std::sqrt(norm2(r)) + error.square * norm2(r);
}

// A distance that the true one does not exceed.
float Assignment::Worker::above(Index r, float score) const {
  return std::sqrt(std::max(0.0F, norm2(r) - 2 * score) + squared_error(r)) * kUp;
}

// A distance that the true one does not fall below.
float Assignment::Worker::below(Index r, float score) const {
  return std::sqrt(std::max(0.0F, norm2(r) - 2 * score - squared_error(r))) * kDown;
}

// No centroid of the group, but the row's own, scores more than this with row r.
void Assignment::Worker::bound(Index r, Index group, float score) {
  lower(group)[r] = (below(r, score) + s_.moved_up[at(group)]) * kDown;
}

// Row r gets another label: its centroid so far is one of the others of that one's group.
void Assignment::Worker::keep_own_in_bounds(Index r) {
  const Index g = s_.group_of(label(r));
  lower(g)[r] = std::min(lower(g)[r], (below(r, own_[r]) + s_.moved_up[at(g)]) * kDown);
}

void Assignment::Worker::screen_within_bounds() {
  if (!s_.bounds_hold) {
    std::fill_n(upper(), count_, kInfinity);
    for (Index g = 0; g < s_.groups; ++g) std::fill_n(lower(g), count_, -kInfinity);
  }
  if (s_.most_rows_are_near || !s_.bounds_hold) std::fill_n(least_, count_, -kInfinity);
  else distances_.lowest(lower(0), kTaskRows, s_.groups, s_.moved_up.data(), count_, least_);
  if (s_.projection && !s_.begun) label_by_projection();
  if (labelled())
    for (Index r = 0; r < count_; ++r) place_[r] = static_cast<std::int32_t>(s_.places[at(s_.labels[at(first_ + r)])]);
  std::fill_n(reach_, count_, kNoReach);
  Index near = 0;
  for (Index r = 0; r < count_; ++r) {
    if (s_.bounds_hold) upper()[r] = (upper()[r] + s_.drift[at(label(r))]) * kUp;
    if (!(least_[r] * kDown > upper()[r])) near_[near++] = static_cast<std::int32_t>(r);
  }
  if (s_.kind == Bounds::kEach) screen_by_each(near);
  else if (s_.projection) screen_by_projection(near);
  else screen_by_groups(near);
}

// Row r's norm is out of range: it is always looked at, and always in float64.
void Assignment::Worker::decide_stray(Index r) {
  set_label(r, decider_.among_all(first_ + r));
  upper()[r] = kInfinity;
  for (Index g = 0; g < s_.groups; ++g) lower(g)[r] = -kInfinity;
  if (s_.each) std::fill_n(each(r), s_.k, -kInfinity);
}

// Scores of the first `near` of near_ with their own centroids, and upper bounds from these.
void Assignment::Worker::look_at_own(Index near) {
  for (Index i = 0; i < near; ++i) {
    fetch(near_[i]);
    list(i, near_[i]);
    other_[i] = centroids_.row(label(near_[i]));
    listed_norm2_[i] = norm2(near_[i]);
  }
  dots(near, scores_);
  for (Index i = 0; i < near; ++i) own_[near_[i]] = scores_[i] += centroids_.bias(label(near_[i]));
  distances_.distances_above(listed_norm2_, scores_, centroids_.distance_error(), near, listed_best_);
  for (Index i = 0; i < near; ++i) upper()[near_[i]] = listed_best_[i], is_read_[near_[i]] = true;
  pass_.rows_read += near;
  pass_.scores += near;
}

// A first guess, so that there is a distance to beat.
void Assignment::Worker::label_by_projection() {
  for (Index r = 0; r < count_; ++r) listed_[r] = s_.projection->row(first_ + r);
  const Panels panels = s_.projection->centroids().panels();
  screen_.top2(listed_, count_, panels, 0, panels.count, {best_, second_, lane_}, {});
  for (Index r = 0; r < count_; ++r) s_.labels[at(first_ + r)] = s_.names[at(lane_[r])];
}

bool Assignment::Worker::own_group_is_scored(Index r) {
  const Index group = s_.group_of(label(r));
  return lower(group)[r] - s_.moved_up[at(group)] <= reach_[r] * kUp;  // as distances_.within has it
}

// --- without a projection: whole groups in all dimensions ---

void Assignment::Worker::screen_by_groups(Index near) {
  if (s_.begun) {
    look_at_own(near);
  } else {
    for (Index i = 0; i < near; ++i) fetch(near_[i]);
    pass_.rows_read += near;
  }
  doubtful_count_ = 0;
  for (Index i = 0; i < near; ++i) {
    const Index r = near_[i];
    if (!has_scores(norm2(r))) {
      decide_stray(r);
      continue;
    }
    if (least_[r] * kDown > upper()[r]) continue;
    reach_[r] = upper()[r];
    // A row's own group may be scored like others; its own score counts only if it is not.
    const bool apart = s_.begun && !own_group_is_scored(r);
    best_[r] = apart ? own_[r] : -kInfinity;
    second_[r] = -kInfinity;
    lane_[r] = apart ? static_cast<std::int32_t>(label(r)) : -1;
    best_group_[r] = -1;
    doubtful_[doubtful_count_++] = static_cast<std::int32_t>(r);
  }
  for (Index i = 0; i < doubtful_count_; ++i) listed_norm2_[i] = norm2(doubtful_[i]);
  distances_.less_error(listed_norm2_, centroids_.distance_error(), doubtful_count_, listed_net_);
  for (Index i = 0; i < doubtful_count_; ++i) net_[doubtful_[i]] = listed_net_[i];
  for (Index g = 0; g < s_.groups; ++g) score_group(g);
  for (Index i = 0; i < doubtful_count_; ++i) settle(doubtful_[i]);
}

void Assignment::Worker::score_group(Index g) {
  const Index found = distances_.within(lower(g), s_.moved_up[at(g)], reach_, count_, list_);
  if (found == 0) return;
  const Index first = g * s_.panels_of_group;
  const Index last = std::min(first + s_.panels_of_group, centroids_.panels().count);
  for (Index i = 0; i < found; ++i) listed_[i] = operand_[list_[i]];
  const Best out = {listed_best_, listed_second_, listed_lane_};
  if (last - first == 1) {
    for (Index i = 0; i < found; ++i) listed_floor_[i] = second_[list_[i]];
    screen_.top2_of_panel(listed_, found, centroids_.panels(), first, listed_floor_, out);
  } else {
    screen_.top2(listed_, found, centroids_.panels(), first, last, out, {});
  }
  pass_.scores += found * (last - first) * kPanel;
  for (Index i = 0; i < found; ++i) listed_net_[i] = net_[list_[i]];
  distances_.distances_below(listed_net_, listed_best_, no_slack_, 1, found, scores_);
  float* bounds = lower(g);
  for (Index i = 0; i < found; ++i) {
    const Index r = list_[i];
    bounds[r] = (scores_[i] + s_.moved_up[at(g)]) * kDown;
    if (listed_best_[i] > best_[r]) {
      second_[r] = std::max(best_[r], listed_second_[i]);
      best_[r] = listed_best_[i];
      lane_[r] = listed_lane_[i];
      best_group_[r] = static_cast<std::int32_t>(g);
      second_in_group_[r] = listed_second_[i];
    } else {
      second_[r] = std::max(second_[r], listed_best_[i]);
    }
  }
}

// The label of a row whose groups have been scored, and bounds that hold for it.
void Assignment::Worker::settle(Index r) {
  const float threshold = squared_error(r);  // more than need be, and at hand in float32
  Index label = lane_[r], group = best_group_[r];
  float least = best_[r];  // the label's score, at least
  float others = second_in_group_[r];
  if (!(best_[r] - second_[r] > threshold * kUp)) {
    least = score_less(r, threshold);
    label = decide(r, least);
    if (label == lane_[r]) least = best_[r];
    else others = best_[r], group = s_.group_of(label);
  }
  if (group >= 0) bound(r, group, others);
  if (labelled()) {
    if (label == this->label(r)) return;  // what is known of its own centroid still is
    keep_own_in_bounds(r);
  }
  upper()[r] = above(r, least);
  set_label(r, label);
}

// Row r's best score less the threshold, rounded down.
float Assignment::Worker::score_less(Index r, float threshold) const {
  const double out = wide(best_[r]) - wide(threshold);
  return static_cast<float>(out - std::abs(out) * 0x1p-23);
}

// Among the centroids of the groups that may hold one as near as the best score says.
Index Assignment::Worker::decide(Index r, float least) {
  const float reach = above(r, least) * kUp;
  decider_.begin(first_ + r);
  for (Index g = 0; g < s_.groups; ++g) {
    if (lower(g)[r] - s_.moved_up[at(g)] > reach) continue;
    const Index first = g * s_.panels_of_group;
    decider_.within(operand_[r], first, std::min(first + s_.panels_of_group, centroids_.panels().count), wide(least));
  }
  if (s_.begun) decider_.consider(label(r));  // its own, which no bound is about
  return decider_.label();
}

// --- with a projection: groups in few dimensions, then the centroids that this leaves in all ---

// How near a centroid must be to matter to a row of near_; NaN where none does. With a projection the upper bounds are
// taken as they are, however loose: a row is read only if that leaves it other centroids.
void Assignment::Worker::take_reaches(Index near) {
  std::fill_n(is_read_, count_, false);
  if (s_.projection && s_.bounds_hold) near = follow_moves(near);
  for (Index i = 0; i < near; ++i) doubtful_[i] = near_[i];
  Index loose = 0;
  for (Index i = 0; i < near; ++i) {
    const float so_far = upper()[near_[i]];
    if (!s_.projection || !(so_far < kInfinity) || s_.drift[at(label(near_[i]))] > kLoose * so_far)
      near_[loose++] = near_[i];
  }
  look_at_own(loose);
  for (Index i = 0; i < near; ++i) {
    const Index r = doubtful_[i];
    if (!has_scores(norm2(r))) decide_stray(r);
    else if (!(least_[r] * kDown > upper()[r])) reach_[r] = upper()[r];
  }
}

void Assignment::Worker::screen_by_projection(Index near) {
  take_reaches(near);
  set_floors();
  pairs_.clear();
  for (Index g = 0; g < s_.groups; ++g) project_group(g);
  if (pairs_.empty()) return;
  look_at_rows_of_pairs();
  score_pairs();
  bound_pairs();
  for (Index i = 0; i < doubtful_count_; ++i) settle_projected(doubtful_[i]);
}

void Assignment::Worker::look_at_rows_of_pairs() {
  doubtful_count_ = 0;
  Index unread = 0;
  std::fill_n(lane_, count_, -1);  // of rows without a pair
  for (const Pair& pair : pairs_) {
    const Index r = pair.row;
    if (lane_[r] >= 0) continue;
    lane_[r] = static_cast<std::int32_t>(label(r));
    doubtful_[doubtful_count_++] = pair.row;
    if (!is_read_[r]) near_[unread++] = pair.row;
  }
  look_at_own(unread);
  for (Index i = 0; i < doubtful_count_; ++i) {
    const Index r = doubtful_[i];
    best_[r] = own_[r];
    second_[r] = -kInfinity;
  }
}

// Upper bounds of near rows by where their centroids went, not only by how far; returns how many still are near.
Index Assignment::Worker::follow_moves(Index near) {
  const Projection& projection = *s_.projection;
  Index moved = 0;
  for (Index i = 0; i < near; ++i) {
    const Index r = near_[i];
    if (s_.drift[at(label(r))] == 0 || !(upper()[r] < kInfinity)) continue;
    list_[moved] = static_cast<std::int32_t>(r);
    listed_[moved] = projection.row(first_ + r);
    other_[moved++] = projection.move_row(label(r));
  }
  if (moved == 0) return near;
  screen_.dots(listed_, other_, moved, projection.dimensions(), scores_);
  const auto terms = static_cast<float>(projection.dimensions() + 8) * 0x1p-24F;
  for (Index i = 0; i < moved; ++i) {
    const Index r = list_[i];
    const Projection::Move& move = projection.move(label(r));
    const float slack = projection.slack(first_ + r), left = listed_[i][projection.dimensions() - 1];
    const float size = std::sqrt(projection.norm2(first_ + r)) + std::abs(move.along) / std::max(move.inside, 1e-30F);
    const float inside = scores_[i] - move.along + (slack + size * terms * 2) * move.inside;
    const float outside = (left + slack + move.rest) * move.outside;
    const float before = upper()[r] - s_.drift[at(label(r))] * kDown * kDown;  // no less than it was
    const float square = before * before + (2 * (inside + outside) + move.square);
    const float now = std::sqrt(std::max(0.0F, square) + before * before * 0x1p-20F) * kUp;
    upper()[r] = std::min(upper()[r], now);
  }
  Index still = 0;
  for (Index i = 0; i < near; ++i)
    if (!(least_[near_[i]] * kDown > upper()[near_[i]])) near_[still++] = near_[i];
  return still;
}

// What a projected score must reach for a centroid to be as near as a row's own may be.
void Assignment::Worker::set_floors() {
  const Projection& projection = *s_.projection;
  for (Index r = 0; r < count_; ++r) slack_[r] = (projection.slack(first_ + r) + projection.centroid_slack()) * kUp;
  for (Index r = 0; r < count_; ++r) projected_norm2_[r] = projection.norm2(first_ + r);
  distances_.less_error(projected_norm2_, projection.centroids().distance_error(), count_, net_);
  distances_.floors(projected_norm2_, net_, slack_, projection.shrink(), reach_, count_, floor_);
}

void Assignment::Worker::project_group(Index g) {
  const Index found = distances_.within(lower(g), s_.moved_up[at(g)], reach_, count_, list_);
  if (found == 0) return;
  const Projection& projection = *s_.projection;
  const Centroids& few = projection.centroids();
  for (Index i = 0; i < found; ++i) {
    listed_[i] = projection.row(first_ + list_[i]);
    listed_floor_[i] = floor_[list_[i]];
    listed_net_[i] = net_[list_[i]];
    listed_slack_[i] = slack_[list_[i]];
    listed_best_[i] = -kInfinity;
  }
  const Index first = g * s_.panels_of_group;
  const Index last = std::min(first + s_.panels_of_group, few.panels().count);
  for (Index panel = first; panel < last; ++panel) {
    screen_.lanes_above(listed_, found, few.panels(), panel, listed_floor_, lanes_, scores_);
    for (Index i = 0; i < found; ++i) {
      listed_best_[i] = std::max(listed_best_[i], scores_[i]);
      for (unsigned lanes = lanes_[i]; lanes != 0; lanes &= lanes - 1) {
        const auto centroid = static_cast<std::int32_t>(panel * kPanel) + __builtin_ctz(lanes);
        if (centroid != label(list_[i])) pairs_.push_back({list_[i], centroid, static_cast<std::int32_t>(g)});
      }
    }
  }
  distances_.distances_below(listed_net_, listed_best_, listed_slack_, projection.shrink(), found, scores_);
  float* bounds = lower(g);
  for (Index i = 0; i < found; ++i) bounds[list_[i]] = (scores_[i] + s_.moved_up[at(g)]) * kDown;
}

void Assignment::Worker::score_pairs() {
  pair_scores_.resize(pairs_.size());
  for (std::size_t from = 0; from < pairs_.size(); from += kTaskRows) {
    const std::size_t count = std::min<std::size_t>(kTaskRows, pairs_.size() - from);
    for (std::size_t i = 0; i < count; ++i) {
      list(static_cast<Index>(i), pairs_[from + i].row);
      other_[i] = centroids_.row(pairs_[from + i].centroid);
    }
    dots(static_cast<Index>(count), pair_scores_.data() + from);
  }
  pass_.scores += static_cast<Index>(pairs_.size());
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    float& score = pair_scores_[i];
    score += centroids_.bias(pair.centroid);
    second_[pair.row] = std::max(second_[pair.row], std::min(score, best_[pair.row]));
    if (score > best_[pair.row]) best_[pair.row] = score, lane_[pair.row] = pair.centroid;
  }
}

void Assignment::Worker::bound_pairs() {
  // Bounds are about all centroids but the nearest; where float64 will choose another one, settle() sees to it.
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    if (pair.centroid == lane_[pair.row]) continue;
    float& bound = lower(pair.group)[pair.row];
    bound = std::min(bound, (below(pair.row, pair_scores_[i]) + s_.moved_up[at(pair.group)]) * kDown);
  }
}

void Assignment::Worker::settle_projected(Index r) {
  const float threshold = squared_error(r);
  Index label = lane_[r];
  float least = best_[r];
  if (!(best_[r] - second_[r] > threshold * kUp)) {
    least = score_less(r, threshold);
    label = decide_projected(r, least);
    if (label == lane_[r]) {
      least = best_[r];
    } else {
      const Index g = s_.group_of(lane_[r]);
      lower(g)[r] = std::min(lower(g)[r], (below(r, best_[r]) + s_.moved_up[at(g)]) * kDown);
    }
  }
  if (label == this->label(r)) return;
  keep_own_in_bounds(r);
  upper()[r] = above(r, least);
  set_label(r, label);
}

Index Assignment::Worker::decide_projected(Index r, float least) {
  decider_.begin(first_ + r);
  decider_.consider(label(r));
  for (std::size_t i = 0; i < pairs_.size(); ++i)
    if (pairs_[i].row == r && pair_scores_[i] >= least) decider_.consider(pairs_[i].centroid);
  return decider_.label();
}

}  // namespace shoal::kernels
