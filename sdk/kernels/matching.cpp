#include "shoal/kernels/matching.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

constexpr std::int64_t kNone = -1;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A least-cost assignment of every row to a column of its own, row by row; R ≤ C.
class Assignment {
 public:
  explicit Assignment(const RowMatrix<double>& cost)
      : cost_(cost),
        row_dual_(size(cost.rows()), 0),
        column_dual_(size(cost.cols()), 0),
        column_of_(size(cost.rows()), kNone),
        row_of_(size(cost.cols()), kNone) {
    for (std::int64_t row = 0; row < cost.rows(); ++row) add(row);
  }

  const std::vector<std::int64_t>& column_of() const { return column_of_; }
  const std::vector<std::int64_t>& row_of() const { return row_of_; }

 private:
  static std::size_t size(std::int64_t i) { return static_cast<std::size_t>(i); }

  /// Dijkstra over reduced costs from the new row to the nearest free column, then flips the path that led there.
  void add(std::int64_t new_row) {
    distance_.assign(row_of_.size(), kInfinity);
    came_from_.assign(row_of_.size(), kNone);
    open_.resize(row_of_.size());
    std::iota(open_.begin(), open_.end(), 0);
    closed_.clear();

    double reached = 0;
    std::int64_t row = new_row;
    std::int64_t column = kNone;
    while (row != kNone) {
      const std::size_t nearest = relax(row, reached);
      column = open_[nearest];
      reached = distance_[size(column)];
      row = row_of_[size(column)];
      std::swap(open_[nearest], open_.back());
      open_.pop_back();
      closed_.push_back(column);
    }
    update_duals(new_row, reached);
    for (row = kNone; row != new_row;) {
      row = came_from_[size(column)];
      row_of_[size(column)] = row;
      std::swap(column, column_of_[size(row)]);
    }
  }

  /// Lets `row`, which lies `reached` from the start, shorten the ways to open columns. Where in open_ the nearest is.
  std::size_t relax(std::int64_t row, double reached) {
    std::size_t nearest = 0;
    double least = kInfinity;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const std::size_t j = size(open_[i]);
      const double way = reached + cost_(row, open_[i]) - row_dual_[size(row)] - column_dual_[j];
      if (way < distance_[j]) {
        distance_[j] = way;
        came_from_[j] = row;
      }
      // Of equally near columns a free one: it ends the search.
      if (distance_[j] < least || (distance_[j] == least && row_of_[j] == kNone)) {
        least = distance_[j];
        nearest = i;
      }
    }
    return nearest;
  }

  void update_duals(std::int64_t new_row, double reached) {
    row_dual_[size(new_row)] += reached;
    for (const std::int64_t column : closed_) {
      const double slack = reached - distance_[size(column)];
      column_dual_[size(column)] -= slack;
      const std::int64_t row = row_of_[size(column)];
      if (row != kNone) row_dual_[size(row)] += slack;
    }
  }

  const RowMatrix<double>& cost_;
  std::vector<double> row_dual_, column_dual_;
  std::vector<std::int64_t> column_of_, row_of_;
  // Of the search for one row: the shortest way to each column, the row it comes from, columns not yet and already
  // final.
  std::vector<double> distance_;
  std::vector<std::int64_t> came_from_, open_, closed_;
};

}  // namespace

Matching max_weight_matching(const RowMatrix<double>& weights) {
  require(weights.allFinite(), "a matching of {} rows with {} columns has a weight that is not finite", weights.rows(),
          weights.cols());
  Matching out;
  if (weights.rows() <= weights.cols()) {
    const RowMatrix<double> cost = -weights;
    out.column_of = Assignment(cost).column_of();
  } else {
    const RowMatrix<double> cost = -weights.transpose();
    out.column_of = Assignment(cost).row_of();
  }
  for (std::size_t row = 0; row < out.column_of.size(); ++row)
    if (out.column_of[row] != kNone) out.weight += weights(static_cast<Eigen::Index>(row), out.column_of[row]);
  return out;
}

}  // namespace shoal::kernels
