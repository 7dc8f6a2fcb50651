#include "terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace shoal {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr std::size_t kMostScalars = 4;  // at the end of a line
constexpr std::size_t kNameWidth = 16;
constexpr std::size_t kCurveCells = 32;

std::string format(const char* pattern, double value) {
  char out[64];
  std::snprintf(out, sizeof(out), pattern, value);
  return out;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string bar(double share) {
  constexpr int kCells = 10;
  const int full = static_cast<int>(std::floor(share * kCells));
  std::string out;
  for (int i = 0; i < kCells; ++i) out += i < full ? "■" : "□";
  return out;
}

}  // namespace

std::string describe_seconds(double seconds) {
  if (seconds < 1) return format("%.2f s", seconds);
  if (seconds < 60) return format("%.1f s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string describe_bytes(std::int64_t bytes) {
  const double mega = static_cast<double>(bytes) / 1e6;
  return mega < 1000 ? format("%.0f MB", mega) : format("%.1f GB", mega / 1000);
}

void Terminal::on(const Event& event) {
  switch (event.type) {
    case SHOAL_RUN_BEGIN:
      line(text("run    {} {} → {}", event.rows, event.rows == 1 ? "row" : "rows", event.text));
      break;
    case SHOAL_ROW_BEGIN: begin_row(event); break;
    case SHOAL_NODE_BEGIN: begin_node(event); break;
    case SHOAL_PROGRESS:
      if (!options_.live) break;
      nodes_[event.node].progress = progress_of(event);
      draw_live(event.time);
      break;
    case SHOAL_SCALAR: keep_scalar(event); break;
    case SHOAL_LOG: log(event); break;
    case SHOAL_NODE_END: end_node(event); break;
    case SHOAL_RUN_END:
      line(text("{}   in {}",
                event.status == SHOAL_OK            ? "done"
                : event.status == SHOAL_E_CANCELLED ? "stopped"
                                                    : "failed",
                describe_seconds(event.seconds)));
      break;
    default: break;
  }
}

void Terminal::begin_row(const Event& event) {
  nodes_.clear();
  at_work_.clear();
  ended_ = 0;
  row_ = event.row;
  rows_ = event.rows;
  row_began_ = event.time;
  if (event.rows <= 1) return;
  const std::string settings = event.text;
  line(paint(
      text("row {} of {}  {}seed {}", event.row + 1, event.rows, settings.empty() ? "" : settings + "  ", event.value),
      "1"));
}

void Terminal::begin_node(const Event& event) {
  nodes_[event.node] = {.began = event.time};
  at_work_.push_back(event.node);
  draw_live(event.time);
}

void Terminal::keep_scalar(const Event& event) {
  if (*event.node == '\0') return;  // what the row came to: its nodes have said it
  Node& node = nodes_[event.node];
  if (event.step >= 0 && options_.live) {
    // A loss, or else what was reported first.
    const bool is_loss = std::string_view(event.name).find("loss") != std::string_view::npos;
    if (node.curve_of.empty() || (is_loss && node.curve_of.find("loss") == std::string::npos)) {
      node.curve_of = event.name;
      node.curve = {};
    }
    if (node.curve_of == event.name) node.curve.add(event.value);
  }
  auto& scalars = node.scalars;
  if (event.step < 0 && !node.ending) scalars.clear();  // at its end a node gives its outputs, in their own order
  node.ending = event.step < 0;
  const auto known = std::find_if(scalars.begin(), scalars.end(), [&](const auto& s) { return s.first == event.name; });
  if (known == scalars.end()) scalars.emplace_back(event.name, event.value);
  else known->second = event.value;
}

void Terminal::end_node(const Event& event) {
  const Node& node = nodes_[event.node];
  std::erase(at_work_, event.node);
  ++ended_;
  constexpr int kReused = -1;
  const bool good = event.status == SHOAL_OK || event.status == kReused;
  std::string out = "  " + padded(event.node, 16) + " ";
  if (!good) {
    const std::string word = event.status == SHOAL_E_CANCELLED ? "stopped" : "FAILED";
    line(out + paint(word, "31") + "   " + event.text);
    return;
  }
  out += padded(event.status == kReused ? "stored" : describe_seconds(event.seconds), 12);
  for (std::size_t i = 0; i < std::min(node.scalars.size(), kMostScalars); ++i)
    out += " " + node.scalars[i].first + " " + format("%.4g", node.scalars[i].second) + " ";
  out.erase(out.find_last_not_of(' ') + 1);
  line(out);
}

void Terminal::log(const Event& event) {
  if (event.level == SHOAL_DEBUG) return;
  const bool warning = event.level == SHOAL_WARNING;
  line(text("  {} {}{}", padded(event.node, 16), warning ? paint("warning: ", "33") : std::string(), event.text));
}

std::string Terminal::progress_of(const Event& event) const {
  const auto node = nodes_.find(event.node);
  const double seconds = node == nodes_.end() ? 0 : event.time - node->second.began;
  std::string out;
  if (event.total > 0) {
    const double share = static_cast<double>(event.done) / static_cast<double>(event.total);
    out += bar(share) + text(" {}/{}", event.done, event.total);
    if (*event.name != '\0') out += text(" {}", event.name);
    if (seconds > 0.5 && event.done > 0) {
      out += format("  %.3g/s", static_cast<double>(event.done) / seconds);
      out += "  left " + describe_seconds(seconds / static_cast<double>(event.done) *
                                          static_cast<double>(event.total - event.done));
    }
  } else {
    out += text("{} {}", event.done, event.name);
  }
  if (node != nodes_.end())
    for (std::size_t i = 0; i < std::min<std::size_t>(node->second.scalars.size(), 2); ++i)
      out += "  " + node->second.scalars[i].first + " " + format("%.4g", node->second.scalars[i].second);
  return out;
}

void Terminal::draw_live(double time) {
  if (!options_.live || time - last_drawn_ < kRedrawSeconds) return;
  last_drawn_ = time;
  block_.draw(live_lines(time), options_.width());
}

std::vector<std::string> Terminal::live_lines(double time) const {
  std::vector<std::string> out;
  for (const std::string& name : at_work_) {
    const Node& node = nodes_.at(name);
    const std::string progress =
        node.progress.empty() ? describe_seconds(std::max(0.0, time - node.began)) : node.progress;
    out.push_back("  " + padded(name, kNameWidth) + " " + progress);
    if (!node.curve.empty())
      out.push_back("  " + padded("", kNameWidth) + " " + node.curve.sparkline(kCurveCells) + " " + node.curve_of);
  }
  out.push_back(line_of_row(time));
  return out;
}

/// "  row 2 of 6       3 of 7 nodes  then probe, ceiling  1 min 3 s  812 MB"
std::string Terminal::line_of_row(double time) const {
  std::string out = "  " + padded(rows_ > 1 ? text("row {} of {}", row_ + 1, rows_) : "", kNameWidth) + " ";
  out += describe_seconds(std::max(0.0, time - row_began_));
  if (const std::int64_t memory = options_.memory(); memory > 0) out += "  " + describe_bytes(memory);
  const auto planned = planned_.find(row_);
  if (planned == planned_.end()) return out;
  out += text("  {} of {} nodes", std::min(ended_, planned->second.size()), planned->second.size());
  std::string next;
  for (const std::string& name : planned->second)
    if (!nodes_.contains(name)) next += (next.empty() ? "  then " : ", ") + name;
  return out + next;
}

void Terminal::line(const std::string& text) {
  if (options_.live) block_.erase(options_.width());
  out_ << text << '\n' << std::flush;
  if (!at_work_.empty()) last_drawn_ = 0;  // what is at work is shown again at once
}

std::string Terminal::paint(const std::string& text, const char* code) const {
  return options_.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

}  // namespace shoal
