#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "framework/report/node_lines.h"
#include "framework/report/page/html_parts.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostRows = 50;  // of one node
constexpr std::size_t kRowsOfAllNodes = 2'000;
constexpr std::size_t kLettersOfValue = 300;

/// The different values of a fact over a node's rows, most often one: "10", or "10, 20, 50".
template <typename Fact>
std::string values_of(const NodeLine& line, Fact&& fact) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> values;
  for (const FileNode* node : line.rows)
    if (node != nullptr)
      if (const std::string value = fact(*node);
          !value.empty() && std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(value);
  std::string out;
  for (std::size_t i = 0; i < values.size() && i < kMost; ++i)
    out += (i == 0 ? "" : ", ") + shortened(values[i], kLettersOfValue);
  return values.size() > kMost ? out + fmt::format(" … {} in all", values.size()) : out;
}

void add_facts(Html& html, const NodeLine& line) {
  html.open("dl", {{"class", "facts"}});
  add_fact(html, "component", uses_of(line));
  add_fact(html, "library", values_of(line, [](const FileNode& node) { return node.library; }));
  std::vector<std::string> ports;
  for (const FileNode* node : line.rows)
    if (node != nullptr)
      for (const auto& [port, from] : node->inputs)
        if (std::find(ports.begin(), ports.end(), port) == ports.end()) ports.push_back(port);
  for (const std::string& port : ports)
    add_fact(html, "in " + port, values_of(line, [&](const FileNode& node) {
               const auto found = node.inputs.find(port);
               return found == node.inputs.end() ? "" : found->second;
             }));
  add_fact(html, "data", values_of(line, [](const FileNode& node) { return node.data; }));
  if (!line.statuses.empty()) {
    add_fact(html, "rows", describe_statuses(line));
    add_fact(html, "time", seconds_text(line.seconds));
    if (line.peak_rss_bytes > 0) add_fact(html, "memory", bytes_text(line.peak_rss_bytes));
  }
  html.close();
}

bool is_default(const std::string& origin) { return origin.starts_with("default of "); }

/// Parameters that somebody said, and folded away those that are left to the component.
void add_parameters(PageWriter& page, const NodeLine& line, const std::map<std::string, std::string>& origins) {
  std::vector<std::string> names;
  for (const FileNode* node : line.rows)
    if (node != nullptr)
      for (const auto& [name, value] : node->parameters)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  PlainTable said{.head = {"parameter", "value", "from"}}, left{.head = {"parameter", "default"}};
  for (const std::string& name : names) {
    const std::string value = values_of(line, [&](const FileNode& node) {
      const auto found = node.parameters.find(name);
      return found == node.parameters.end() ? "" : found->second;
    });
    const auto origin = origins.find(line.name + "." + name);
    if (origin != origins.end() && is_default(origin->second)) left.lines.push_back({name, value});
    else said.lines.push_back({name, value, origin == origins.end() ? "" : origin->second});
  }
  if (origins.empty()) {  // of a run that recorded none
    said.head.pop_back();
    for (auto& cells : said.lines) cells.pop_back();
  }
  if (!said.lines.empty()) page.add_table(said, {}, "Parameters of " + line.name);
  if (left.lines.empty()) return;
  page.html().open("details").element("summary", counted(left.lines.size(), "default", "defaults"));
  page.add_table(left, {}, "Defaults of " + line.name);
  page.html().close();
}

/// Each row's time: of many, as many as are left of `rows_left`.
void add_rows(PageWriter& page, const RunFile& run, const NodeLine& line, std::size_t& rows_left) {
  if (line.statuses.empty() || run.rows.size() < 2) return;
  PlainTable table{.head = {"row", "setting", "seed", "", "seconds", "memory", "key"}};
  for (std::size_t row = 0; row < line.rows.size(); ++row)
    if (const FileNode* node = line.rows[row]; node != nullptr)
      table.lines.push_back({std::to_string(row + 1), shortened(describe(run.rows[row].settings), 120),
                             std::to_string(run.rows[row].seed), node->status, fmt::format("{:.3f}", node->seconds),
                             bytes_text(node->peak_rss_bytes), node->key.substr(0, 12)});
  const std::size_t most = std::min({kMostRows, rows_left, table.lines.size()});
  rows_left -= most;
  if (most == 0) return;
  page.html().open("details").element("summary", counted(table.lines.size(), "row", "rows"));
  page.add_table(table, {true, false, true, false, true, true, false}, "Rows of " + line.name, most);
  page.html().close();
}

}  // namespace

void add_nodes(PageWriter& page, const RunData& run) {
  const std::vector<NodeLine> lines = node_lines_of(run.file);
  if (lines.empty()) return page.leave_out("Nodes", "the run folder names none");
  constexpr std::size_t kMostNodes = 300;
  std::map<std::string, std::string> origins;
  for (const SaidOrigin& origin : run.origins) origins[origin.path] = origin.from;
  page.begin_section("nodes", "Nodes");
  std::size_t rows_left = kRowsOfAllNodes;
  for (std::size_t i = 0; i < lines.size() && i < kMostNodes; ++i) {
    page.begin_section(node_id(lines[i].name), lines[i].name, false);
    add_facts(page.html(), lines[i]);
    add_parameters(page, lines[i], origins);
    add_rows(page, run.file, lines[i], rows_left);
    page.end_section();
  }
  page.end_section();
  if (lines.size() > kMostNodes)
    page.leave_out(fmt::format("Parts of {} nodes", lines.size() - kMostNodes),
                   fmt::format("the page has {}; plan.json has all", kMostNodes));
  if (rows_left == 0)
    page.leave_out("Rows of some nodes", fmt::format("the page has {} of them; results.json has all", kRowsOfAllNodes));
}

}  // namespace shoal::host
