#include "grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "components.h"
#include "shoal/matrix.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using Place = std::array<std::int32_t, kGridColumns>;  // of a cell; unused columns are 0
using Point = std::array<double, kGridColumns>;        // likewise

constexpr Index kTaskCells = 16, kSliceCells = 256 * kTaskCells;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// As the kernels sum it.
double squared_distance(const Point& a, const Point& b) {
  static_assert(kGridColumns == 3);
  const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
  return (x * x + z * z) + y * y;
}

/// The least cube around points.
struct Box {
  Point low, high;
  Box() {
    low.fill(kInfinity);
    high.fill(-kInfinity);
  }
  void add(const Point& p) {
    for (std::size_t j = 0; j < p.size(); ++j) low[j] = std::min(low[j], p[j]), high[j] = std::max(high[j], p[j]);
  }
  double squared_distance(const Point& p) const {
    double out = 0;
    for (std::size_t j = 0; j < p.size(); ++j) {
      const double gap = std::max({low[j] - p[j], p[j] - high[j], 0.0});
      out += gap * gap;
    }
    return out;
  }
  double squared_distance(const Box& other) const {
    double out = 0;
    for (std::size_t j = 0; j < low.size(); ++j) {
      const double gap = std::max({low[j] - other.high[j], other.low[j] - high[j], 0.0});
      out += gap * gap;
    }
    return out;
  }
};

struct Cell {
  Place place;
  Index first, last;  // its rows, without `last`
  Index core_first;   // from here on they are core rows
  Box box;
};

/// Rows sorted by cell. In the same cell no two are farther apart than eps: its side is eps/√D less 2⁻²⁰ of it, and a
/// place is off by 2⁻²² of a side at most, as there are no more than 2³⁰ along a column.
class Grid {
 public:
  Grid(ConstArray features, double eps) : reach_(eps * eps * (1 + 0x1p-40)), squared_eps_(eps * eps) {
    const RowMatrix<double> x = shoal::to_float64(features);
    const Eigen::RowVectorXd low = x.colwise().minCoeff(), high = x.colwise().maxCoeff();
    const double side = eps / std::sqrt(static_cast<double>(x.cols())) * (1 - 0x1p-20);
    usable_ = side > 0 && ((high - low).array() / side).maxCoeff() < 0x1p30;
    if (!usable_) return;
    cols_ = x.cols();
    sort(x, low, side);
  }

  bool usable() const { return usable_; }
  std::vector<Cell>& cells() { return cells_; }
  const std::vector<Cell>& cells() const { return cells_; }
  const Point& point(Index i) const { return points_[at(i)]; }
  Index row(Index i) const { return rows_[at(i)]; }
  bool near(const Point& a, const Point& b) const { return squared_distance(a, b) <= squared_eps_; }
  bool near(const Box& box, const Point& p) const { return box.squared_distance(p) <= reach_; }

  /// The cells, this one among them, that may hold a neighbour of one of its rows.
  std::vector<Index> near_cells(Index cell) const {
    constexpr std::int32_t kReach = 2;  // 1 + ⌊√D⌋ for D ≤ 3
    const Cell& here = cells_[at(cell)];
    const std::int32_t first = cols_ > 1 ? kReach : 0, second = cols_ > 2 ? kReach : 0;
    std::vector<Index> out;
    for (std::int32_t a = -first; a <= first; ++a) {
      for (std::int32_t b = -second; b <= second; ++b) {
        Place from = here.place;
        from[0] += a, from[1] += b;
        from[at(cols_ - 1)] -= kReach;  // the last column in use: it varies fastest in the order of cells
        Place to = from;
        to[at(cols_ - 1)] += 2 * kReach;
        auto other = std::lower_bound(cells_.begin(), cells_.end(), from,
                                      [](const Cell& c, const Place& place) { return c.place < place; });
        for (; other != cells_.end() && other->place <= to; ++other)
          if (other->box.squared_distance(here.box) <= reach_)
            out.push_back(static_cast<Index>(other - cells_.begin()));
      }
    }
    return out;
  }

  /// Puts the core rows of a cell last; both parts keep their order.
  void part(Cell& cell, const std::vector<char>& core) {
    std::vector<Index> order;
    for (const bool wanted : {false, true}) {
      if (wanted) cell.core_first = cell.first + static_cast<Index>(order.size());
      for (Index i = cell.first; i < cell.last; ++i)
        if ((core[at(i)] != 0) == wanted) order.push_back(i);
    }
    std::vector<Index> rows;
    std::vector<Point> points;
    for (const Index i : order) rows.push_back(rows_[at(i)]), points.push_back(points_[at(i)]);
    std::copy(rows.begin(), rows.end(), rows_.begin() + cell.first);
    std::copy(points.begin(), points.end(), points_.begin() + cell.first);
  }

 private:
  void sort(const RowMatrix<double>& x, const Eigen::RowVectorXd& low, double side) {
    struct Placed {
      Place place;
      Index row;
      bool operator<(const Placed& other) const { return place != other.place ? place < other.place : row < other.row; }
    };
    std::vector<Placed> placed(at(x.rows()));
    for (Index i = 0; i < x.rows(); ++i) {
      placed[at(i)] = {{}, i};
      for (Index j = 0; j < cols_; ++j)
        placed[at(i)].place[at(j)] = static_cast<std::int32_t>(std::floor((x(i, j) - low[j]) / side));
    }
    std::sort(placed.begin(), placed.end());
    for (Index i = 0; i < x.rows(); ++i) {
      const Placed& p = placed[at(i)];
      rows_.push_back(p.row);
      Point& point = points_.emplace_back();
      point.fill(0);
      for (Index j = 0; j < cols_; ++j) point[at(j)] = x(p.row, j);
      if (cells_.empty() || cells_.back().place != p.place) cells_.push_back({p.place, i, i, i, {}});
      cells_.back().last = i + 1;
      cells_.back().box.add(point);
    }
  }

  bool usable_ = false;
  Index cols_ = 0;
  double reach_, squared_eps_;
  std::vector<Cell> cells_;    // by place
  std::vector<Index> rows_;    // by cell
  std::vector<Point> points_;  // likewise
};

template <typename Use>
void each_cell(shoal::Context& context, const Grid& grid, Use&& use) {
  const auto n = static_cast<Index>(grid.cells().size());
  for (Index first = 0; first < n; first += kSliceCells) {
    context.progress(first, n, "cells");
    context.parallel_for(std::min(kSliceCells, n - first), kTaskCells, [&](Index from, Index to) {
      for (Index cell = first + from; cell < first + to; ++cell) use(cell);
    });
  }
}

/// For each place of the grid whether its row is a core row.
std::vector<char> find_core(shoal::Context& context, const Grid& grid, std::span<const double> weights,
                            double min_weight) {
  std::vector<char> core(weights.empty() ? 0 : weights.size());
  const auto weight = [&](Index i) { return weights.empty() ? 1 : weights[at(grid.row(i))]; };
  core.resize(at(grid.cells().back().last));
  each_cell(context, grid, [&](Index c) {
    const Cell& cell = grid.cells()[at(c)];
    double all = 0;
    for (Index i = cell.first; i < cell.last; ++i) all += weight(i);
    if (all >= min_weight) return std::fill(core.begin() + cell.first, core.begin() + cell.last, 1);
    const std::vector<Index> near = grid.near_cells(c);
    for (Index i = cell.first; i < cell.last; ++i) {
      double sum = all;
      for (const Index o : near) {
        const Cell& other = grid.cells()[at(o)];
        if (o == c || !grid.near(other.box, grid.point(i))) continue;
        for (Index j = other.first; j < other.last && sum < min_weight; ++j)
          if (grid.near(grid.point(i), grid.point(j))) sum += weight(j);
      }
      core[at(i)] = sum >= min_weight;
    }
  });
  return core;
}

/// Whether a core row of one cell is near one of the other.
bool touch(const Grid& grid, const Cell& a, const Cell& b) {
  std::vector<Index> candidates;
  for (Index j = b.core_first; j < b.last; ++j)
    if (grid.near(a.box, grid.point(j))) candidates.push_back(j);
  if (candidates.empty()) return false;
  for (Index i = a.core_first; i < a.last; ++i) {
    if (!grid.near(b.box, grid.point(i))) continue;
    for (const Index j : candidates)
      if (grid.near(grid.point(i), grid.point(j))) return true;
  }
  return false;
}

}  // namespace

std::optional<Dbscan> dbscan_on_grid(shoal::Context& context, ConstArray features, std::span<const double> weights,
                                     const DbscanOptions& options) {
  if (features.cols() > kGridColumns) return std::nullopt;
  Grid grid(features, options.eps);
  if (!grid.usable()) return std::nullopt;
  const std::vector<char> core = find_core(context, grid, weights, options.min_weight);
  for (Cell& cell : grid.cells()) grid.part(cell, core);

  SharedComponents groups(static_cast<Index>(grid.cells().size()));
  each_cell(context, grid, [&](Index c) {
    const Cell& cell = grid.cells()[at(c)];
    if (cell.core_first == cell.last) return;
    for (const Index o : grid.near_cells(c)) {
      const Cell& other = grid.cells()[at(o)];
      if (o < c && other.core_first < other.last && groups.find(o) != groups.find(c) && touch(grid, cell, other))
        groups.unite(o, c);
    }
  });
  std::vector<Index> group(at(features.rows()), -1);
  for (std::size_t c = 0; c < grid.cells().size(); ++c)
    for (Index i = grid.cells()[c].core_first; i < grid.cells()[c].last; ++i)
      group[at(grid.row(i))] = groups.find(static_cast<Index>(c));
  Dbscan out = number_groups(group);

  each_cell(context, grid, [&](Index c) {
    const Cell& cell = grid.cells()[at(c)];
    if (cell.first == cell.core_first) return;
    const std::vector<Index> near = grid.near_cells(c);
    for (Index i = cell.first; i < cell.core_first; ++i) {
      Index& label = out.labels[at(grid.row(i))];
      for (const Index o : near) {
        const Cell& other = grid.cells()[at(o)];
        if (other.core_first == other.last) continue;
        const Index theirs = out.labels[at(grid.row(other.core_first))];  // those of a cell are in one cluster
        if (label >= 0 && theirs >= label) continue;
        for (Index j = other.core_first; j < other.last && label != theirs; ++j)
          if (grid.near(grid.point(i), grid.point(j))) label = theirs;
      }
    }
  });
  return out;
}
