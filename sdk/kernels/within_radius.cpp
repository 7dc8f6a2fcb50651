// Scores in float32 say of most points on which side of the radius they lie; the others are measured in float64.
#include "shoal/kernels/within_radius.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "centroids.h"

namespace shoal::kernels {
namespace {

constexpr Index kTaskRows = 96;               // queries that pass over all points together
constexpr Index kSliceRows = 32 * kTaskRows;  // queries between two reports of progress
constexpr std::size_t kAtOnce = 1024;         // points of a query that are kept before they are handed on
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// One thread's search for one task's queries.
class Search {
 public:
  Search(const Rows& queries, const Centroids& points, double squared_radius, bool earlier, const UsePoints& use)
      : screen_(screen(best_isa())),
        on_(arithmetic(best_isa())),
        queries_(queries),
        points_(points),
        squared_radius_(squared_radius),
        earlier_(earlier),
        use_(use),
        operands_(queries, points.frame(), screen_),
        packed_(operands_.in_place() ? 0 : kTaskRows * queries.cols()),
        rows_(kTaskRows * queries.cols()),
        found_(at(kTaskRows)) {}

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
      exact_[scored] = queries_.read(i, rows_.data() + scored * queries_.cols());
      bound(norm2, floor_[scored], surely_[scored]);
      ++scored;
    }
    const Panels panels = points_.panels();
    const Index last = earlier_ ? std::min(panels.count, to / kPanel + 1) : panels.count;
    for (Index panel = 0; panel < last && scored > 0; ++panel) look_at(panels, panel, scored);
    for (Index s = 0; s < scored; ++s) hand_on(query_[s], found_[at(s)]);
  }

 private:
  // d²σ² = ‖u‖² − 2s, and with the scores at hand it is known to within the error.
  void bound(float norm2, float& floor, float& surely) const {
    const double scale = points_.frame().scale, norm = static_cast<double>(norm2);
    const double radius = squared_radius_ * scale * scale, error = points_.distance_error(norm2);
    const double slack = 0x1p-50 * (norm + error + radius) + 1e-30;  // of these few operations themselves
    floor = std::nextafter(static_cast<float>((norm - error - radius - slack) / 2), -kInfinity);
    surely = std::nextafter(static_cast<float>((norm + error - radius + slack) / 2), kInfinity);
  }

  void look_at(const Panels& panels, Index panel, Index count) {
    screen_.lanes_above(operand_, count, panels, panel, floor_, lanes_, best_below_);
    float scores[kPanel];
    for (Index s = 0; s < count; ++s) {
      if (lanes_[s] == 0) continue;
      screen_.scores(operand_[s], panels, panel, scores);
      std::vector<Index>& found = found_[at(s)];
      const Index end = earlier_ ? query_[s] : points_.k();
      for (unsigned left = lanes_[s]; left != 0; left &= left - 1) {
        const Index lane = __builtin_ctz(left), point = panel * kPanel + lane;
        if (point < end && (scores[lane] >= surely_[s] || is_within(exact_[s], point))) found.push_back(point);
      }
      if (found.size() >= kAtOnce) hand_on(query_[s], found);
    }
  }

  void among_all(Index i) {
    const double* x = queries_.read(i, rows_.data() + (kTaskRows - 1) * queries_.cols());
    for (Index point = 0; point < (earlier_ ? i : points_.k()); ++point)
      if (is_within(x, point)) spare_.push_back(point);
    hand_on(i, spare_);
  }

  bool is_within(const double* x, Index point) const {
    return on_.squared_distance(x, points_.exact(point), queries_.cols()) <= squared_radius_;
  }
  void hand_on(Index query, std::vector<Index>& points) const {
    if (!points.empty()) use_(query, points);
    points.clear();
  }

  const Screen& screen_;
  const Arithmetic& on_;
  const Rows& queries_;
  const Centroids& points_;
  double squared_radius_;
  bool earlier_;
  const UsePoints& use_;
  Operands operands_;
  Buffer<float> packed_;
  Buffer<double> rows_;
  std::vector<std::vector<Index>> found_;
  std::vector<Index> spare_;
  const float* operand_[kTaskRows];
  const double* exact_[kTaskRows];
  Index query_[kTaskRows];
  float floor_[kTaskRows], surely_[kTaskRows], best_below_[kTaskRows];
  std::uint16_t lanes_[kTaskRows];
};

void search(Context& context, ConstArray queries, ConstArray points, double radius, bool earlier,
            const UsePoints& use) {
  require(queries.rank() == 2 && points.rank() == 2, "queries and points must be matrices, but have shapes {} and {}",
          to_string(queries.shape()), to_string(points.shape()));
  require(queries.cols() == points.cols() && points.cols() >= 1, "expected {} columns, got {}", points.cols(),
          queries.cols());
  require(radius >= 0, "a radius must be at least 0, but is {}", radius);
  if (queries.rows() == 0 || points.rows() == 0) return;
  const RowMatrix<double> exact = to_float64(points);
  Centroids ready(exact.rows(), exact.cols(), Frame::about(exact, queries.dtype()));
  ready.set(context, exact);
  const Rows rows(queries);
  for (Index first = 0; first < rows.rows(); first += kSliceRows) {
    context.progress(first, rows.rows(), "rows");
    context.parallel_for(std::min(kSliceRows, rows.rows() - first), kTaskRows, [&](Index from, Index to) {
      Search(rows, ready, radius * radius, earlier, use).run(first + from, first + to);
    });
  }
}

}  // namespace

void each_within_radius(Context& context, ConstArray queries, ConstArray points, double radius, const UsePoints& use) {
  search(context, queries, points, radius, false, use);
}

void each_earlier_within_radius(Context& context, ConstArray points, double radius, const UsePoints& use) {
  search(context, points, points, radius, true, use);
}

}  // namespace shoal::kernels
