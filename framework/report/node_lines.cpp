#include "framework/report/node_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace shoal::host {

std::vector<NodeLine> node_lines_of(const RunFile& run) {
  std::vector<NodeLine> out;
  std::map<std::string, std::size_t> numbers;
  for (std::size_t row = 0; row < run.rows.size(); ++row)
    for (const FileNode& node : run.rows[row].nodes) {
      const auto [found, is_new] = numbers.try_emplace(node.name, out.size());
      if (is_new) out.push_back({.name = node.name, .rows = std::vector<const FileNode*>(run.rows.size())});
      NodeLine& line = out[found->second];
      if (std::find(line.uses.begin(), line.uses.end(), node.use) == line.uses.end()) line.uses.push_back(node.use);
      if (!node.status.empty()) ++line.statuses[node.status];
      if (node.status == "ran" && std::isfinite(node.seconds)) line.seconds += node.seconds;
      line.peak_rss_bytes = std::max(line.peak_rss_bytes, node.peak_rss_bytes);
      line.rows[row] = &node;
    }
  return out;
}

std::string uses_of(const NodeLine& line) {
  std::string out;
  for (const std::string& use : line.uses) out += (out.empty() ? "" : ", ") + use;
  return out;
}

std::string describe_statuses(const NodeLine& line) {
  std::string out;
  for (const auto& [status, count] : line.statuses)
    out += (out.empty() ? "" : ", ") + (count == 1 ? status : fmt::format("{} {}", status, count));
  return out;
}

}  // namespace shoal::host
