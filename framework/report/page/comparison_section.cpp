#include <stdexcept>

#include "framework/report/comparison_table.h"
#include "framework/report/page/sections.h"

namespace shoal::host {
namespace {

void add_remarks(Html& html, const std::vector<Remark>& remarks) {
  if (remarks.empty()) return;
  html.open("ul", {{"class", "remarks"}});
  for (const Remark& remark : remarks) html.open("li").element("strong", remark.id).text(" " + remark.text).close();
  html.close();
}

}  // namespace

void add_comparison(PageWriter& page, const std::vector<RunData>& runs, const std::vector<std::string>& metrics) {
  std::vector<RunFile> files;
  for (const RunData& run : runs) files.push_back(run.file);
  try {
    const Comparison comparison = compare(files, {.metrics = metrics});
    if (comparison.settings.size() < 2) return page.leave_out("Comparison", "there is one setting");
    const Table table = table_of(comparison);
    page.begin_section("comparison", "Comparison");
    page.html().element("p", {{"class", "lead"}}, heading_of(comparison));
    page.add_table({table.head, table.lines}, table.numeric, "Comparison of settings");
    add_remarks(page.html(), table.remarks);
    add_remarks(page.html(), comparison.remarks);
    page.end_section();
  } catch (const std::runtime_error& error) {
    page.leave_out("Comparison", error.what());
  }
}

}  // namespace shoal::host
