// A candidate list per query is screened in float32 and decided in float64; the radius is that of docs/kernels.md.
#include "shoal/kernels/neighbors.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decide.h"

namespace shoal::kernels {
namespace {

constexpr Index kTaskRows = 192;              // queries that pass over all points together
constexpr Index kSliceRows = 32 * kTaskRows;  // queries between two reports of progress
constexpr Index kNone = -1;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// Points that may be among the k nearest of one query.
class Candidates {
 public:
  void begin(Index k, double threshold) {
    k_ = at(k);
    threshold_ = threshold;
    floor_ = -kInfinity;
    scored_.clear();
    room_ = 2 * k_ + 16;
  }

  // Scores below this do not matter.
  float floor() const { return floor_; }

  void add(float score, Index point) {
    scored_.push_back({score, point});
    if (scored_.size() >= room_) prune();
  }

  // In no order.
  template <typename Use>
  void each(Use&& use) {
    if (scored_.size() > k_) prune();
    for (const Scored& one : scored_) use(one.point);
  }

 private:
  struct Scored {
    float score;
    Index point;
  };

  // k points score at least this, so none that scores less by more than the threshold is nearer than all of them.
  void prune() {
    const auto last = scored_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(scored_.begin(), last, scored_.end(), [](Scored a, Scored b) { return a.score > b.score; });
    const double least = static_cast<double>(last->score) - threshold_;
    floor_ = std::nextafter(static_cast<float>(least), -kInfinity);
    std::erase_if(scored_, [&](Scored one) { return one.score < floor_; });
    room_ = std::max(room_, 2 * scored_.size());  // many may be equally near
  }

  std::size_t k_ = 1, room_ = 0;
  double threshold_ = 0;
  float floor_ = -kInfinity;
  std::vector<Scored> scored_;
};

// One thread's search for one task's queries.
class Search {
 public:
  Search(const Rows& queries, const Centroids& points, bool same, Neighbors& out)
      : screen_(screen(best_isa())),
        on_(arithmetic(best_isa())),
        queries_(queries),
        points_(points),
        same_(same),
        out_(out),
        operands_(queries, points.frame(), screen_),
        packed_(operands_.in_place() ? 0 : kTaskRows * queries.cols()),
        row_(queries.cols()),
        candidates_(at(kTaskRows)) {}

  void run(Index from, Index to) {
    Index scored = 0;
    for (Index i = from; i < to; ++i) {
      float norm2 = 0;
      const float* operand = operands_.take(i, packed_, scored, norm2);
      if (!points_.usable() || !has_scores(norm2)) {
        among_all(i);
        continue;
      }
      operand_[scored] = operand;
      query_[scored] = i;
      floor_[scored] = -kInfinity;
      candidates_[at(scored)].begin(out_.k, points_.threshold(points_.norm_bound(norm2)));
      ++scored;
    }
    if (scored == 0) return;
    for (Index panel = 0; panel < points_.panels().count; ++panel) look_at(panel, scored);
    for (Index s = 0; s < scored; ++s) {
      decided_.clear();
      begin(query_[s]);
      candidates_[at(s)].each([&](Index point) { measure(point); });
      keep(query_[s]);
    }
  }

 private:
  void look_at(Index panel, Index count) {
    const Panels panels = points_.panels();
    screen_.lanes_above(operand_, count, panels, panel, floor_, lanes_, best_below_);
    float scores[kPanel];
    for (Index s = 0; s < count; ++s) {
      if (lanes_[s] == 0) continue;
      screen_.scores(operand_[s], panels, panel, scores);
      Candidates& candidates = candidates_[at(s)];
      for (unsigned left = lanes_[s]; left != 0; left &= left - 1) {
        const Index lane = __builtin_ctz(left), point = panel * kPanel + lane;
        if (point < points_.k() && !(same_ && point == query_[s])) candidates.add(scores[lane], point);
      }
      floor_[s] = candidates.floor();
    }
  }

  void among_all(Index i) {
    decided_.clear();
    begin(i);
    for (Index point = 0; point < points_.k(); ++point)
      if (!(same_ && point == i)) measure(point);
    keep(i);
  }

  void begin(Index i) { x_ = queries_.read(i, row_.data()); }
  void measure(Index point) {
    decided_.push_back({on_.squared_distance(x_, points_.exact(point), queries_.cols()), point});
  }
  void keep(Index i) {
    const auto end = decided_.begin() + static_cast<std::ptrdiff_t>(out_.k);
    std::partial_sort(decided_.begin(), end, decided_.end());
    for (Index j = 0; j < out_.k; ++j) {
      out_.squared_distances[at(i * out_.k + j)] = decided_[at(j)].first;
      out_.points[at(i * out_.k + j)] = decided_[at(j)].second;
    }
  }

  const Screen& screen_;
  const Arithmetic& on_;
  const Rows& queries_;
  const Centroids& points_;
  bool same_;
  Neighbors& out_;
  Operands operands_;
  Buffer<float> packed_;
  Buffer<double> row_;
  const double* x_ = nullptr;
  std::vector<Candidates> candidates_;
  std::vector<std::pair<double, Index>> decided_;  // squared distance and point
  const float* operand_[kTaskRows];
  Index query_[kTaskRows];
  float floor_[kTaskRows], best_below_[kTaskRows];
  std::uint16_t lanes_[kTaskRows];
};

Neighbors search(Context& context, ConstArray queries, ConstArray points, Index k, bool same) {
  require(queries.rank() == 2 && points.rank() == 2, "queries and points must be matrices, but have shapes {} and {}",
          to_string(queries.shape()), to_string(points.shape()));
  require(queries.cols() == points.cols() && points.cols() >= 1, "expected {} columns, got {}", points.cols(),
          queries.cols());
  const Index others = points.rows() - (same ? 1 : 0);
  require(k >= 1 && k <= others, "{} neighbours are asked for, but {} {}", k, others,
          same ? "others are there" : "points are there");
  const RowMatrix<double> exact = to_float64(points);
  Centroids ready(exact.rows(), exact.cols(), Frame::about(exact, queries.dtype()));
  ready.set(context, exact);
  const Rows rows(queries);
  Neighbors out;
  out.k = k;
  out.points.assign(at(rows.rows() * k), kNone);
  out.squared_distances.resize(out.points.size());
  for (Index first = 0; first < rows.rows(); first += kSliceRows) {
    context.progress(first, rows.rows(), "rows");
    context.parallel_for(std::min(kSliceRows, rows.rows() - first), kTaskRows,
                         [&](Index from, Index to) { Search(rows, ready, same, out).run(first + from, first + to); });
  }
  return out;
}

}  // namespace

Neighbors nearest_neighbors(Context& context, ConstArray queries, ConstArray points, Index k) {
  return search(context, queries, points, k, false);
}

Neighbors nearest_neighbors(Context& context, ConstArray points, Index k) {
  return search(context, points, points, k, true);
}

ComparableRows::ComparableRows(ConstArray features, Distance distance) {
  if (distance == Distance::kCosine) rows_ = unit_rows(features);
  else if (features.dtype() == DType::kFloat64) rows_ = to_float64(features);
  else visit_matrix(features, [&](const auto& x) { rows_ = RowMatrix<float>(x.template cast<float>()); });
}

ConstArray ComparableRows::view() const {
  return std::visit([](const auto& rows) { return ConstArray(rows); }, rows_);
}

bool ComparableRows::same_as(const ComparableRows& other) const {
  return std::visit(
      [&](const auto& a) {
        const auto* b = std::get_if<std::decay_t<decltype(a)>>(&other.rows_);
        return b != nullptr && a.rows() == b->rows() && a.cols() == b->cols() && a == *b;
      },
      rows_);
}

std::vector<std::int64_t> majority_vote(const Neighbors& neighbors, std::span<const std::int64_t> labels,
                                        std::span<const double> weights) {
  const auto all = static_cast<Index>(neighbors.points.size());
  require(weights.empty() || static_cast<Index>(weights.size()) == all, "needs {} weights, got {}", all,
          weights.size());
  std::vector<std::int64_t> out;
  std::vector<std::pair<std::int64_t, double>> votes;  // in the order in which labels are met
  for (Index first = 0; first < all; first += neighbors.k) {
    votes.clear();
    for (Index j = first; j < first + neighbors.k; ++j) {
      const std::int64_t label = labels[at(neighbors.points[at(j)])];
      if (label < 0) continue;
      const auto met = std::find_if(votes.begin(), votes.end(), [&](const auto& vote) { return vote.first == label; });
      if (met == votes.end()) votes.push_back({label, weight_of(weights, j)});
      else met->second += weight_of(weights, j);
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    out.push_back(most == votes.end() ? kNone : most->first);
  }
  return out;
}

}  // namespace shoal::kernels
