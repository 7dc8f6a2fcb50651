#include <fmt/format.h>

#include "framework/report/page/sections.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostBytes = 400'000;
constexpr std::size_t kMostOrigins = 2'000;

/// At most so many bytes, up to the end of a line.
std::string beginning(const std::string& text) {
  if (text.size() <= kMostBytes) return text;
  const std::size_t end = text.rfind('\n', kMostBytes);
  return text.substr(0, end == std::string::npos ? kMostBytes : end + 1);
}

}  // namespace

void add_experiment(PageWriter& page, const RunData& run) {
  if (run.resolved.empty()) return page.leave_out("The experiment", "there is no resolved.yaml");
  page.begin_section("experiment", "The experiment");
  Html& html = page.html();
  const std::string shown = beginning(run.resolved);
  html.open("pre", {{"tabindex", "0"}, {"role", "group"}, {"aria-label", "resolved.yaml"}})
      .element("code", shown)
      .close();
  if (shown.size() < run.resolved.size())
    html.element("p", {{"class", "note"}},
                 fmt::format("The first {} of {} bytes of resolved.yaml.", shown.size(), run.resolved.size()));
  if (run.origins.empty()) {
    page.leave_out("Where values come from", "there is no origins.json: an earlier Shoal made this run");
  } else {
    PlainTable table{.head = {"path", "value", "from"}};
    for (const SaidOrigin& origin : run.origins) table.lines.push_back({origin.path, origin.value, origin.from});
    html.open("details").element("summary", run.file.rows.size() > 1 ? "Where each value of the first row comes from"
                                                                     : "Where each value comes from");
    page.add_table(table, {}, "Origins of values", kMostOrigins);
    html.close();
  }
  page.end_section();
}

}  // namespace shoal::host
