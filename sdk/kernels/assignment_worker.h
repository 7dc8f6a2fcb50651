// What an Assignment remembers between calls, and one thread's work in a call. Internal.
#ifndef SHOAL_KERNELS_ASSIGNMENT_WORKER_H_
#define SHOAL_KERNELS_ASSIGNMENT_WORKER_H_

#include <optional>
#include <vector>

#include "centroid_moves.h"
#include "decide.h"
#include "distances.h"
#include "projection.h"
#include "row_bounds.h"
#include "row_lanes.h"
#include "shoal/kernels/assignment.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

constexpr Index kTaskRows = 1024;

struct Assignment::State {
  State(ConstArray features, Index clusters, std::span<Index> to) : rows(features), k(clusters), labels(to) {}

  Rows rows;
  Index k;
  std::span<Index> labels;
  Isa isa = best_isa();

  // Centroids are kept in an order in which near ones lie together: the one at place p is the caller's names[p].
  std::vector<Index> names, places;  // (K) and (K), each the inverse of the other
  RowMatrix<double> arranged;        // (K, D) the centroids of this call
  std::optional<Centroids> centroids;
  std::unique_ptr<Projection> projection;  // of the rows in the centroids' frame, where there is one
  RowMatrix<double> before;                // the centroids of the last call
  std::vector<float> norm2;                // (N) ‖(x − μ)·scale‖², once a pass has been made in the frame
  bool begun = false, norms_known = false, bounds_hold = false;
  bool projection_is_of_no_use = false;
  bool most_rows_are_near = false;  // in the last pass; then it does not pay to ask each first
  Bounds kind = Bounds::kNone;
  Changes changes = Changes::kListed;

  // Of every row: no centroid but its own is nearer than lower(group) − moved[group], its own not farther than upper.
  Index panels_of_group = 1, groups = 0;
  std::vector<float> upper, lower;  // (N); of each task's rows (groups, kTaskRows)
  std::vector<double> moved;        // (groups) how far centroids have moved since bounds hold
  std::vector<float> moved_up;      // the same in float32, rounded up
  std::vector<float> drift;         // (K) how far each moved in this call

  // Bounds::kEach has one group of all centroids, and for every row, beside that group's bound: no centroid c is nearer
  // than each_of(row)[c] − moved_each[c]. What stands at the place of the row's own centroid means nothing.
  std::optional<Buffer<float>> each;  // (N, K)
  std::vector<double> moved_each;     // (K)
  std::vector<float> moved_each_up;   // (K)

  // Bounds::kOne of few centroids in all dimensions: of every row, by how much its own is nearer than the others.
  bool keeps_gaps = false;
  std::vector<float> gap;         // (N), as whole tasks; `upper` is how far its own is
  std::vector<std::uint8_t> own;  // (N), as whole tasks: the place of its own
  std::optional<CentroidMoves> moves;
  double usual = 0;  // distance of a row
  struct Cost {
    double seconds_of_all = 0, seconds_of_near = 0;
    Index all = 0, near = 0;  // rows
  };
  std::vector<Cost> costs;                         // of each task in this call
  double seconds_of_all = 0, seconds_of_near = 0;  // of one row, at best
  double near_share = 0.35;  // of a task's rows: where more are near, all are scored, which costs less

  // Of each task its rows, turned as RowLanes have them: where all rows of a task are scored again and again, they are
  // short, and there is room.
  std::optional<Buffer<float>> turned;
  std::vector<std::uint8_t> is_turned;  // of each task

  std::vector<std::int32_t> group_of_centroid;  // (K)

  Index group_of(Index centroid) const { return group_of_centroid[static_cast<std::size_t>(centroid)]; }
  float* lower_of(Index task_from) { return lower.data() + task_from * groups; }
  Index tasks() const { return (rows.rows() + kTaskRows - 1) / kTaskRows; }
  Index turned_rows() const;  ///< of a task, those that fill up its last block included
  float* turned_of(Index task_from) { return turned->data() + task_from / kTaskRows * turned_rows() * rows.cols(); }
  float* each_of(Index row) { return each->data() + row * k; }

  void take_centroids(const Context& context, const RowMatrix<double>& given);
  void take_kind(Bounds bounds);
  void take_gaps();
  void measure_usual();
  void learn_costs();
  void forget_moves();
  void take_projection(const Context& context);
  void take_turned();
  void measure_drift(const Context& context);
  void forget(Index row);
};

// One thread's work on one task's rows.
class Assignment::Worker {
 public:
  explicit Worker(State& state);

  /// Labels rows `from` up to `to` (without it), of one task.
  Assignment::Pass run(Index from, Index to);

 private:
  /// Row r of those at hand, as its label is now known.
  void set_label(Index r, Index label) {
    const Index now = s_.names[static_cast<std::size_t>(label)];
    if (s_.labels[static_cast<std::size_t>(first_ + r)] != now) change_label(r, now);
  }
  void change_label(Index r, Index now);
  void decide_all();
  void fetch(Index r);
  /// Row r, which was fetched, at place i of those that dots() multiplies.
  void list(Index i, Index r) {
    if (by_bytes_) listed_bytes_[i] = operands_.bytes(first_ + r);
    else listed_[i] = operand_[r];
  }
  /// The first `count` listed rows times other_, in all dimensions.
  void dots(Index count, float* out) {
    if (by_bytes_) screen_.dots_uint8(listed_bytes_, other_, count, s_.rows.cols(), out);
    else screen_.dots(listed_, other_, count, s_.rows.cols(), out);
  }
  float* norms() { return s_.norm2.empty() ? norm2_ : s_.norm2.data() + first_; }
  float norm2(Index r) const { return s_.norm2.empty() ? norm2_[r] : s_.norm2[static_cast<std::size_t>(first_ + r)]; }
  bool labelled() const { return s_.begun || s_.projection; }  ///< whether the rows at hand have a centroid
  /// The place of row r's centroid, as it was when the rows were taken at hand.
  Index label(Index r) const { return place_[r]; }
  void score_all();
  void score_turned();
  void settle_unsure(Index unsure);
  void screen_all();

  void screen_by_gaps();
  void screen_all_for_gaps();
  void screen_near_for_gaps(Index near);
  void settle_gaps(Index unsure);
  void take_label(Index r, Index label);

  void screen_within_bounds();
  void decide_stray(Index r);
  void look_at_own(Index near);
  float score_less(Index r, float threshold) const;

  void screen_by_groups(Index near);
  bool own_group_is_scored(Index r);
  void score_group(Index g);
  void settle(Index r);
  Index decide(Index r, float least);

  void take_reaches(Index near);
  void screen_by_projection(Index near);
  void label_by_projection();
  Index follow_moves(Index near);
  void set_floors();
  void project_group(Index g);
  void look_at_rows_of_pairs();
  void score_pairs();
  void bound_pairs();
  void settle_projected(Index r);
  Index decide_projected(Index r, float least);

  void screen_by_each(Index near);
  void list_open(Index near);
  void score_all_with(std::span<const std::int32_t> rows);
  void settle_scored(Index r, const float* scores);
  void project_all_with(std::span<const std::int32_t> rows);
  void exclude_pairs_by_projection();
  void settle_pairs();
  void bound_each(Index r, Index centroid, float score);

  float* upper() { return s_.upper.data() + first_; }
  float* lower(Index group) { return s_.lower_of(from_) + group * kTaskRows + (first_ - from_); }
  float* each(Index r) { return s_.each_of(first_ + r); }
  float squared_error(Index r) const;
  float above(Index r, float score) const;
  float below(Index r, float score) const;
  void bound(Index r, Index group, float score);
  void keep_own_in_bounds(Index r);

  // A row and a centroid whose distance has to be computed in all dimensions.
  struct Pair {
    std::int32_t row, centroid, group;
  };

  Assignment::Pass pass_;
  State& s_;
  const Screen& screen_;
  const Distances& distances_;
  const RowBounds& row_bounds_;
  const RowLanes& row_lanes_;
  const Centroids& centroids_;
  Operands operands_;
  Decider decider_;
  bool by_bytes_;  // with a projection only dots are asked for in all dimensions: bytes do as they are
  Index at_once_;
  Index from_ = 0, first_ = 0, count_ = 0;  // the rows at hand; arrays below are numbered from first_
  Buffer<float> packed_;
  std::vector<Pair> pairs_;
  std::vector<float> pair_scores_;
  Index doubtful_count_ = 0;

  template <typename T>
  using OfRows = T[kTaskRows];
  OfRows<const float*> operand_, listed_, other_;
  OfRows<const std::uint8_t*> listed_bytes_;
  OfRows<float> best_, second_, least_, reach_, own_, second_in_group_, floor_, net_, slack_, projected_norm2_;
  OfRows<float> norm2_, scores_, listed_best_, listed_second_, listed_floor_, listed_norm2_, listed_net_, listed_slack_;
  OfRows<std::int32_t> place_, lane_, listed_lane_, best_group_, near_, doubtful_, list_;
  OfRows<std::uint16_t> lanes_;
  OfRows<bool> is_read_;  // whether own_ is of this pass
  OfRows<float> no_slack_ = {};

  // Bounds::kEach
  std::vector<std::int32_t> open_, whole_;  // (K) of one row; rows that are scored with all centroids
  std::vector<float> all_scores_;           // of a few rows with all centroids
  OfRows<float> nearest_other_;             // no centroid but the row's own is nearer
};

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ASSIGNMENT_WORKER_H_
