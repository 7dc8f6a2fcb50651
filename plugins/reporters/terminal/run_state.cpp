#include "run_state.h"

#include <algorithm>

#include "words.h"

namespace shoal {
namespace {

constexpr std::int64_t kMostComing = 3;  // rows to come that are named

}  // namespace

RowState& RunState::row(std::int64_t number) {
  const auto found = rows_.find(number);
  if (found != rows_.end()) return found->second;
  const auto at = static_cast<std::size_t>(number);
  return rows_.emplace(number, at < planned_.size() ? planned_[at] : PlannedRow()).first->second;
}

void RunState::on(const Event& event) {
  switch (event.type) {
    case SHOAL_RUN_BEGIN:
      began_ = row_began_ = counted_from_ = event.time;
      count_ = event.rows;
      break;
    case SHOAL_ROW_BEGIN:
      current_ = event.row;
      count_ = event.rows;
      row_is_open_ = true;
      row_began_ = event.time;
      row(event.row).set_heading(heading_of(event.text, static_cast<long>(event.value)));
      break;
    case SHOAL_NODE_BEGIN:
      aside_.clear();
      row(event.row).node(event.node).begin(event.time);
      break;
    case SHOAL_PROGRESS:
      if (row_is_open_ || rows_.contains(event.row)) row(event.row).node(event.node).progress(event);
      else aside_ = std::string(event.node) + "  " + describe_progress(event, 0);
      break;
    case SHOAL_SCALAR:
      if (*event.node == '\0') row(event.row).report(event);
      else row(event.row).node(event.node).scalar(event);
      break;
    case SHOAL_NODE_END: row(event.row).end_node(event); break;
    case SHOAL_ROW_END: end_row(event); break;
    default: break;
  }
}

void RunState::end_row(const Event& event) {
  row_is_open_ = false;
  last_end_ = event.time;
  if (rows_from_store_ == done_ && !row(event.row).computed()) {
    rows_from_store_ = done_ + 1;
    counted_from_ = event.time;
  }
  ++done_;
}

/// The current one, and those with a node at work.
std::vector<std::int64_t> RunState::shown_rows() const {
  std::vector<std::int64_t> out;
  for (const auto& [number, row] : rows_)
    if ((row_is_open_ && number == current_) || row.at_work()) out.push_back(number);
  return out;
}

/// "row 2 of 18  backend ours  seed 1"
std::string RunState::title_of(std::int64_t row) const {
  const auto found = rows_.find(row);
  const auto at = static_cast<std::size_t>(row);
  const std::string heading = found != rows_.end()   ? found->second.heading()
                              : at < planned_.size() ? planned_[at].heading
                                                     : "";
  return text("row {} of {}  {}", row + 1, count_, heading);
}

std::vector<LiveLine> RunState::lines(double time, std::int64_t memory, std::size_t height) const {
  std::vector<LiveLine> out;
  const std::vector<std::int64_t> shown = shown_rows();
  const std::size_t headings = count_ > 1 ? shown.size() : 0;
  const std::size_t fixed = headings + (aside_.empty() ? 1 : 2);
  std::size_t room = height > fixed ? height - fixed : 0;  // for trees, and then for rows to come
  if (!aside_.empty()) out.push_back({.text = aside_});
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (count_ > 1)
      out.push_back(
          {.text = title_of(shown[i]) +
                   (shown[i] == current_ ? "    " + describe_seconds(std::max(0.0, seconds_of_row(time))) : "")});
    const RowState& row = rows_.at(shown[i]);
    const bool elsewhere = shown.size() > 1 && !row.at_work();  // else this process would not be at another row
    const std::vector<LiveLine> tree = row.lines(time, room / (shown.size() - i), elsewhere);
    room -= tree.size();
    out.insert(out.end(), tree.begin(), tree.end());
  }
  add_coming(shown, room, out);
  out.push_back({.text = footer(time, memory)});
  return out;
}

void RunState::add_coming(const std::vector<std::int64_t>& shown, std::size_t room, std::vector<LiveLine>& out) const {
  if (planned_.empty() || room == 0) return;
  std::vector<std::int64_t> coming;
  for (std::int64_t row = row_is_open_ || done_ > 0 ? current_ + 1 : 0; row < count_; ++row)
    if (std::find(shown.begin(), shown.end(), row) == shown.end()) coming.push_back(row);
  const auto all = static_cast<std::int64_t>(coming.size());
  const auto fitting = static_cast<std::int64_t>(room);
  const std::int64_t named = all <= std::min(fitting, kMostComing) ? all : std::min(fitting - 1, kMostComing);
  for (std::int64_t i = 0; i < named; ++i)
    out.push_back({.text = title_of(coming[static_cast<std::size_t>(i)]), .dim = true});
  if (named < all) out.push_back({.text = text("… {} more rows", all - named), .dim = true});
}

/// "1 of 18 rows  3 min 5 s  left about 41 min 2 s  1.2 GB", or of a run of one row "9.0 s  812 MB  1 of 3 nodes"
std::string RunState::footer(double time, std::int64_t memory) const {
  std::string out;
  if (count_ > 1) {
    out = text("{} of {} rows  {}", done_, count_, describe_seconds(std::max(0.0, time - began_)));
    if (const std::int64_t timed = done_ - rows_from_store_; timed > 0 && done_ < count_) {
      const double each = (last_end_ - counted_from_) / static_cast<double>(timed);
      const double left = each * static_cast<double>(count_ - done_) - (time - last_end_);
      if (left > 0) out += "  left about " + describe_seconds(left);
    }
  } else {
    out = describe_seconds(std::max(0.0, seconds_of_row(time)));
  }
  if (memory > 0) out += "  " + describe_bytes(memory);
  const auto only = rows_.find(0);
  if (count_ == 1 && only != rows_.end() && !planned_.empty())
    out += text("  {} of {} nodes", only->second.ended(), only->second.planned());
  return out;
}

}  // namespace shoal
