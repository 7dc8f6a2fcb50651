#include "framework/report/run_so_far.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace shoal::host {
namespace {

void add_metric(const std::string& name, double value, FileRow& row, RunFile& run) {
  row.metrics[name] = value;
  if (std::find(run.metrics.begin(), run.metrics.end(), name) == run.metrics.end()) run.metrics.push_back(name);
}

/// What is shared with an earlier row is "reused" from it.
void add_node(const RunEvents& events, std::size_t number, FileNode& node, FileRow& row, RunFile& run) {
  if (node.only_declares) return;
  const NodeEvents* said = events.find(node.of_row, node.name);
  const bool good = said != nullptr && (said->status == "ran" || said->status == "stored");
  node.status = said == nullptr || said->status.empty() ? "waiting" : said->status;
  node.seconds = 0;
  if (said == nullptr) return;
  for (const auto& [output, value] : said->numbers) add_metric(node.name + "." + output, value, row, run);
  if (good && node.of_row < number) node.status = "reused";
  if (node.of_row != number) return;
  node.seconds = said->seconds;
  row.seconds += said->seconds;
  if (row.error.empty()) row.error = said->error;
}

}  // namespace

void add_events(const RunEvents& events, RunFile& run) {
  if (events.began() > 0) {
    const auto began = static_cast<std::time_t>(events.began());
    std::tm utc{};
    gmtime_r(&began, &utc);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    run.started = text;
  }
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    FileRow& row = run.rows[i];
    const auto said = events.rows().find(i);
    row.status = said == events.rows().end() || said->second.status.empty() ? "waiting" : said->second.status;
    row.seconds = 0;
    row.error.clear();
    for (FileNode& node : row.nodes) add_node(events, i, node, row, run);
  }
}

}  // namespace shoal::host
