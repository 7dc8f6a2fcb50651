#include "framework/graph/layout.h"

#include <algorithm>
#include <limits>

namespace shoal::host {
namespace {

constexpr double kColumnGap = 64, kRowGap = 20, kLaneHeight = 6;
constexpr int kSweeps = 8;

/// A box, or the lane of an arrow that passes a column.
struct Item {
  double width = 0, height = kLaneHeight;
  std::size_t column = 0;
  double order = 0;                                ///< its place in the column
  double y = 0;                                    ///< of its middle
  std::vector<std::size_t> left = {}, right = {};  ///< neighbours in the columns beside
};

class Layouter {
 public:
  Layouter(const std::vector<Box>& boxes, const std::vector<Arrow>& arrows) : boxes_(boxes), arrows_(arrows) {}

  Layout run() {
    make_boxes();
    make_lanes();
    for (int sweep = 0; sweep < kSweeps; ++sweep) sort_columns(sweep % 2 == 0);
    place();
    return result();
  }

 private:
  void make_boxes() {
    for (const Box& box : boxes_) items_.push_back({.width = box.width, .height = box.height});
    bool changed = true;  // the longest path; as many passes as it is long
    while (changed) {
      changed = false;
      for (const Arrow& arrow : arrows_)
        if (items_[arrow.to].column <= items_[arrow.from].column) {
          items_[arrow.to].column = items_[arrow.from].column + 1;
          changed = true;
        }
    }
    // What nothing points to stands just before its first use.
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      std::size_t first = std::numeric_limits<std::size_t>::max();
      bool pointed_to = false;
      for (const Arrow& arrow : arrows_) {
        pointed_to = pointed_to || arrow.to == i;
        if (arrow.from == i) first = std::min(first, items_[arrow.to].column);
      }
      if (!pointed_to && first != std::numeric_limits<std::size_t>::max()) items_[i].column = first - 1;
    }
  }

  void make_lanes() {
    for (const Arrow& arrow : arrows_) {
      lanes_.emplace_back();
      std::size_t last = arrow.from;
      for (std::size_t column = items_[arrow.from].column + 1; column < items_[arrow.to].column; ++column) {
        items_.push_back({.column = column});
        lanes_.back().push_back(items_.size() - 1);
        connect(last, items_.size() - 1);
        last = items_.size() - 1;
      }
      connect(last, arrow.to);
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
      columns_.resize(std::max(columns_.size(), items_[i].column + 1));
      columns_[items_[i].column].push_back(i);
    }
    for (auto& column : columns_) number(column);
  }

  void connect(std::size_t from, std::size_t to) {
    items_[from].right.push_back(to);
    items_[to].left.push_back(from);
  }

  void number(const std::vector<std::size_t>& column) {
    for (std::size_t i = 0; i < column.size(); ++i)
      items_[column[i]].order = (static_cast<double>(i) + 0.5) / static_cast<double>(column.size());
  }

  /// Each item where its neighbours on one side are on average.
  void sort_columns(bool rightwards) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      auto& column = columns_[rightwards ? c : columns_.size() - 1 - c];
      std::vector<double> wanted(items_.size(), 0);
      for (const std::size_t i : column) {
        const auto& neighbours = rightwards ? items_[i].left : items_[i].right;
        double sum = 0;
        for (const std::size_t n : neighbours) sum += items_[n].order;
        wanted[i] = neighbours.empty() ? items_[i].order : sum / static_cast<double>(neighbours.size());
      }
      std::stable_sort(column.begin(), column.end(),
                       [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
      number(column);
    }
  }

  double height_of(const std::vector<std::size_t>& column) const {
    double height = 0;
    for (const std::size_t i : column) height += items_[i].height;
    return height + kRowGap * static_cast<double>(column.size() - 1);
  }

  void place() {
    for (const auto& column : columns_) height_ = std::max(height_, column.empty() ? 0 : height_of(column));
    for (const auto& column : columns_) {
      lefts_.push_back(width_);
      double widest = 0, y = column.empty() ? 0 : (height_ - height_of(column)) / 2;
      for (const std::size_t i : column) {
        items_[i].y = y + items_[i].height / 2;
        y += items_[i].height + kRowGap;
        widest = std::max(widest, items_[i].width);
      }
      width_ += widest;
      rights_.push_back(width_);
      width_ += kColumnGap;
    }
    width_ = std::max(0.0, width_ - kColumnGap);
  }

  Layout result() const {
    Layout out{.corners = {}, .widths = {}, .bends = {}, .width = width_, .height = height_};
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const std::size_t column = items_[i].column;
      out.corners.push_back({lefts_[column], items_[i].y - items_[i].height / 2});
      out.widths.push_back(rights_[column] - lefts_[column]);
    }
    for (const auto& lane : lanes_) {
      out.bends.emplace_back();
      for (const std::size_t i : lane) {
        out.bends.back().push_back({lefts_[items_[i].column], items_[i].y});
        out.bends.back().push_back({rights_[items_[i].column], items_[i].y});
      }
    }
    return out;
  }

  const std::vector<Box>& boxes_;
  const std::vector<Arrow>& arrows_;
  std::vector<Item> items_;
  std::vector<std::vector<std::size_t>> lanes_;    // of each arrow
  std::vector<std::vector<std::size_t>> columns_;  // top to bottom
  std::vector<double> lefts_, rights_;             // of each column
  double width_ = 0, height_ = 0;
};

}  // namespace

Layout lay_out(const std::vector<Box>& boxes, const std::vector<Arrow>& arrows) {
  return Layouter(boxes, arrows).run();
}

}  // namespace shoal::host
