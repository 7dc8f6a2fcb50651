#include "framework/live/now_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "framework/report/numbers.h"
#include "framework/report/page/html.h"
#include "framework/report/quantity.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostNodes = 100, kMostNumbers = 4;

/// The row that is shown: the one at work, or the last one that was.
const FileRow* row_of(const RunFollower& run) {
  const auto row = run.events().row();
  const auto& rows = run.run().file.rows;
  return row && *row < rows.size() ? &rows[*row] : nullptr;
}

std::string settings_text(const FileRow& row) {
  std::string out;
  for (const auto& [axis, label] : row.settings) out += fmt::format(", {} {}", axis, label);
  return out + fmt::format(", seed {}", row.seed);
}

/// What a node came to, or what it reported last.
std::string last_numbers(const RunFollower& run, const FileNode& node, const NodeEvents& events) {
  std::string out;
  std::size_t count = 0;
  const auto add = [&](const std::string& name, double value) {
    if (count++ >= kMostNumbers) return;
    out += fmt::format("{}{} {}", out.empty() ? "" : " · ", name, std::isfinite(value) ? plain(value) : "not finite");
  };
  if (!events.progress)  // of a node at work they would be those of an earlier time
    for (const auto& [name, value] : events.numbers) add(name, value);
  if (count == 0)
    for (const ScalarSeries& series : run.run().series)
      if (series.node == node.name && node.of_row < series.rows.size() && !series.rows[node.of_row].empty())
        add(series.name, series.rows[node.of_row].back().value);
  return count > kMostNumbers ? out + fmt::format(" · {} more", count - kMostNumbers) : out;
}

std::string progress_text(const NodeProgress& progress) {
  std::string out =
      progress.total > 0 ? fmt::format("{} of {}", progress.done, progress.total) : fmt::format("{}", progress.done);
  if (!progress.unit.empty()) out += " " + progress.unit;
  const double rate = progress.rate();
  if (rate <= 0) return out;
  out += fmt::format(" · {:.3g}/s", rate);
  if (progress.total > progress.done)
    out += " · left " + seconds_text(static_cast<double>(progress.total - progress.done) / rate);
  return out;
}

void add_progress(Html& html, const std::string& node, const NodeEvents& events) {
  html.open("td", {{"class", "t"}});
  if (events.progress) {
    if (events.progress->total > 0)
      html.element(
          "progress",
          {{"max", std::to_string(events.progress->total)},
           {"value", std::to_string(std::clamp<std::int64_t>(events.progress->done, 0, events.progress->total))},
           {"aria-label", node}},
          "");
    html.element("span", progress_text(*events.progress));
  }
  html.close();
}

std::string state_of(const FileNode& node, const NodeEvents& events, double time) {
  if (node.status == "at work") return "at work, " + seconds_text(std::max(0.0, time - events.began));
  if (events.progress) return "timed again";  // of --bench: it has ended already
  if (node.status == "ran") return "ran in " + seconds_text(node.seconds);
  return node.status;
}

/// Those that have begun, in the order of the plan; the rest by name.
void add_nodes(Html& html, const RunFollower& run, const FileRow& row, double time) {
  std::string to_come;
  std::size_t shown = 0, more = 0, waiting = 0;
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Nodes of the row"}});
  html.open("table", {{"class", "plain"}}).open("thead").open("tr");
  for (const char* head : {"node", "state", "progress", "last numbers"}) html.element("th", {{"scope", "col"}}, head);
  html.close().close().open("tbody");
  for (const FileNode& node : row.nodes) {
    if (node.status == "waiting" && ++waiting <= 12) to_come += (to_come.empty() ? "" : ", ") + node.name;
    const NodeEvents* events = run.events().find(node.of_row, node.name);
    if (node.status.empty() || node.status == "waiting" || node.status == "reused" || events == nullptr) continue;
    if (++shown > kMostNodes) {
      ++more;
      continue;
    }
    html.open("tr", {{"class", node.status == "failed" ? "failed" : "good"}});
    html.open("th", {{"scope", "row"}})
        .element("a", {{"href", "#" + fragment_of("node-" + node.name)}}, node.name)
        .close();
    html.open("td", {{"class", "t"}}).element("span", state_of(node, *events, time)).close();
    add_progress(html, node.name, *events);
    html.open("td", {{"class", "t"}}).element("span", last_numbers(run, node, *events)).close().close();
  }
  html.close().close().close();
  if (more > 0) html.element("p", {{"class", "note"}}, counted(more, "node more has begun.", "nodes more have begun."));
  if (waiting == 0) return;
  html.element("p", {{"class", "note"}},
               "Then " + to_come + (waiting > 12 ? fmt::format(" and {} more.", waiting - 12) : "."));
}

std::string clock_text(double time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  char out[16];
  std::strftime(out, sizeof(out), "%H:%M:%S", &local);
  return out;
}

void add_log(Html& html, const RunFollower& run) {
  const RunEvents& events = run.events();
  if (events.told().empty()) return;
  html.open("details", {{"open", ""}, {"id", "now-log"}}).element("summary", "Log");
  std::string text;
  if (events.told_before() > 0)
    text += fmt::format("… {} before, in events.jsonl\n", counted(events.told_before(), "line", "lines"));
  for (const ToldLine& line : events.told())
    text += fmt::format("{} {}{}: {}{}\n", clock_text(line.time),
                        run.run().file.rows.size() > 1 ? fmt::format("row {} ", line.row + 1) : "", line.node,
                        line.level == "info" ? "" : line.level + ": ", line.text);
  html.element("pre", {{"tabindex", "0"}, {"role", "region"}, {"aria-label", "Log"}, {"class", "log"}}, text).close();
}

std::string elapsed_text(const RunFollower& run, double time) {
  const RunEvents& events = run.events();
  if (events.began() <= 0) return "";
  std::string out = seconds_text(events.ended().empty() ? std::max(0.0, time - events.began()) : events.seconds());
  const auto& rows = run.run().file.rows;
  const auto over = std::count_if(rows.begin(), rows.end(), [](const FileRow& row) { return !row.to_come(); });
  if (rows.size() > 1) out += fmt::format(" · {} of {} rows over", over, rows.size());
  return out;
}

}  // namespace

std::string describe_state(const RunFollower& run) {
  const RunEvents& events = run.events();
  if (!events.ended().empty()) return "The run has ended, " + events.ended() + "; its report is being written.";
  const FileRow* row = row_of(run);
  if (row == nullptr) return "Nothing has begun yet, or nobody writes events.jsonl (reporter/json-lines).";
  const std::size_t rows = run.run().file.rows.size();
  if (rows == 1) return "The run is at work.";
  return fmt::format("Row {} of {} is at work{}.", *events.row() + 1, rows, settings_text(*row));
}

std::string now_section(const RunFollower& run, double time, std::size_t page) {
  Html html;
  html.open("section", {{"id", kNowId}, {"aria-labelledby", "now-h"}, {"data-page", std::to_string(page)}});
  html.element("h2", {{"id", "now-h"}}, "Now");
  html.open("p").element("span", {{"role", "status"}}, describe_state(run));
  html.text(" ").element("span", {{"class", "elapsed"}}, elapsed_text(run, time)).close();
  if (const FileRow* row = row_of(run)) add_nodes(html, run, *row, time);
  add_log(html, run);
  html.open("noscript")
      .element("p", {{"class", "note"}}, "Without JavaScript this is how far the run was: reload.")
      .close();
  html.close();
  return std::move(html).take();
}

}  // namespace shoal::host
