#include "framework/report/run_events.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace shoal::host {
namespace {

using nlohmann::json;

/// A quote in a text is written \", so that neither is found within one.
bool is_step_of_series(std::string_view line) {
  return line.find("\"event\":\"scalar\"") != std::string_view::npos &&
         line.find("\"step\":") != std::string_view::npos;
}

/// As results.json says it.
std::string status_of_node(const std::string& ended) {
  return ended == "done" ? "ran" : ended == "reused" ? "stored" : ended;
}

double number(const json& value) {  // null is what was not finite
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

void add_progress(const json& event, double time, NodeEvents& node) {
  const std::int64_t done = event.at("done");
  if (!node.progress || done < node.progress->done || event.value("unit", "") != node.progress->unit)
    node.progress = NodeProgress{.unit = event.value("unit", ""), .first_done = done, .first_time = time};
  node.progress->done = done;
  node.progress->total = event.value("total", std::int64_t{0});
  node.progress->time = time;
}

}  // namespace

double NodeProgress::rate() const {
  return time > first_time ? static_cast<double>(done - first_done) / (time - first_time) : 0;
}

const NodeEvents* RunEvents::find(std::size_t row, const std::string& node) const {
  const auto in_row = rows_.find(row);
  if (in_row == rows_.end()) return nullptr;
  const auto found = in_row->second.nodes.find(node);
  return found == in_row->second.nodes.end() ? nullptr : &found->second;
}

void RunEvents::read(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (is_step_of_series(line)) continue;
    try {
      hear(line);
    } catch (const json::exception&) {
      ++damaged_;
    }
  }
}

void RunEvents::hear(std::string_view line) {
  const json event = json::parse(line);
  const std::string what = event.at("event");
  time_ = event.at("time");
  if (what == "run_begin") {
    began_ = time_;
  } else if (what == "run_end") {
    ended_ = event.at("status");
    seconds_ = event.at("seconds");
  }
  if (!event.contains("row")) return;
  const std::size_t number_of_row = event.at("row");
  RowEvents& row = rows_[number_of_row];
  if (what == "row_begin") {
    row_ = number_of_row;
    row.status = "at work";
    row.began = time_;
  } else if (what == "row_end") {
    row.status = event.at("status");
  }
  if (!event.contains("node")) return;
  const std::string name = event.at("node");
  if (what == "log") return tell({time_, number_of_row, name, event.at("level"), event.value("text", "")});
  NodeEvents& node = row.nodes[name];
  if (what == "node_begin") {
    node = {.status = "at work", .began = time_};
  } else if (what == "progress") {
    add_progress(event, time_, node);
  } else if (what == "scalar") {
    node.numbers[event.at("name")] = number(event.at("value"));
  } else if (what == "node_end") {
    node.status = status_of_node(event.at("status"));
    node.seconds = event.at("seconds");
    node.error = event.value("text", "");
    node.progress.reset();
    if (node.status == "failed") tell({time_, number_of_row, name, "error", node.error});
  }
}

void RunEvents::tell(ToldLine line) {
  told_.push_back(std::move(line));
  if (told_.size() <= kMostTold) return;
  told_.pop_front();
  ++told_before_;
}

}  // namespace shoal::host
