#include <fmt/format.h>

#include "framework/report/numbers.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

constexpr std::size_t kMostTiles = 8;

std::string count_text(std::size_t values) { return fmt::format("n = {}", values); }

const char* arrow(const RunFile& run, const std::string& metric) {
  const auto found = run.better.find(metric);
  return found == run.better.end() ? "" : found->second > 0 ? " ↑" : " ↓";
}

void add_tiles(Html& html, const RunFile& run, const ShownSetting& setting, const std::vector<std::string>& metrics) {
  html.open("dl", {{"class", "tiles"}});
  for (std::size_t i = 0; i < metrics.size() && i < kMostTiles; ++i) {
    const auto values = setting.values(metrics[i]);
    html.open("div").element("dt", metrics[i] + arrow(run, metrics[i]));
    html.element("dd", {{"class", "value"}}, describe(values));
    html.element("dd", {{"class", "n"}}, count_text(values.size())).close();
  }
  html.close();
}

PlainTable table_over_settings(const RunFile& run, const std::vector<ShownSetting>& settings,
                               const std::vector<std::string>& metrics) {
  PlainTable out{.head = run.axes};
  out.head.emplace_back("done");
  for (const std::string& metric : metrics) out.head.push_back(metric + arrow(run, metric));
  for (const ShownSetting& setting : settings) {
    std::vector<std::string> line;
    for (const std::string& axis : run.axes) line.push_back(label_of(setting.settings, axis));
    std::size_t done = 0;
    for (const FileRow* row : setting.rows) done += row->done();
    line.push_back(fmt::format("{} of {}", done, setting.rows.size()));
    for (const std::string& metric : metrics) line.push_back(describe(setting.values(metric)));
    out.lines.push_back(std::move(line));
  }
  return out;
}

/// Rows that came to nothing, of one error together.
void add_failures(Html& html, const RunFile& run) {
  constexpr std::size_t kMost = 20;
  std::vector<std::pair<std::string, std::vector<std::size_t>>> errors;
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    if (run.rows[i].done() || run.rows[i].to_come()) continue;
    const std::string what = run.rows[i].status + (run.rows[i].error.empty() ? "" : ": " + run.rows[i].error);
    if (errors.empty() || errors.back().first != what) errors.push_back({what, {}});
    errors.back().second.push_back(i + 1);
  }
  if (errors.empty()) return;
  html.open("ul", {{"class", "failed"}});
  for (std::size_t i = 0; i < errors.size() && i < kMost; ++i) {
    const auto& rows = errors[i].second;
    const std::string which = rows.size() == 1 ? fmt::format("Row {}", rows[0])
                                               : fmt::format("Rows {}–{} ({})", rows.front(), rows.back(), rows.size());
    html.open("li").element("strong", which).text(" " + errors[i].first).close();
  }
  if (errors.size() > kMost)
    html.element("li", fmt::format("and {} errors more, in results.json", errors.size() - kMost));
  html.close();
}

}  // namespace

void add_headline(PageWriter& page, const RunData& run, const std::vector<std::string>& wanted) {
  const std::vector<std::string>& metrics = !wanted.empty()           ? wanted
                                            : run.file.report.empty() ? run.file.metrics
                                                                      : run.file.report;
  const std::vector<ShownSetting> settings = settings_of(run.file);
  page.begin_section("results", "Results");
  if (metrics.empty()) page.html().element("p", {{"class", "note"}}, "The experiment has no metric.");
  else if (settings.size() == 1) add_tiles(page.html(), run.file, settings[0], metrics);
  else
    page.add_table(
        table_over_settings(run.file, settings, metrics),
        [&] {
          std::vector<bool> numeric(run.file.axes.size(), false);
          numeric.resize(run.file.axes.size() + 1 + metrics.size(), true);
          return numeric;
        }(),
        "Results by setting");
  if (!metrics.empty())
    page.html().element(
        "p", {{"class", "note"}},
        settings.size() == 1 && metrics.size() > kMostTiles
            ? fmt::format("Mean ± standard deviation over the seeds (n − 1). {} metrics more are in results.json.",
                          metrics.size() - kMostTiles)
            : "Mean ± standard deviation over the seeds (n − 1); ↑ more is better, ↓ less is.");
  add_failures(page.html(), run.file);
  page.end_section();
}

}  // namespace shoal::host
