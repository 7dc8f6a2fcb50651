#include "framework/report/page.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "framework/report/escape.h"
#include "framework/report/summary.h"
#include "framework/run/artifacts.h"

namespace shoal::host {
namespace {

constexpr const char* kStyle = R"(
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.about { color: #5b6773; margin-top: .2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #e3e8ee; }
th { font-weight: 600; } .failed { color: #b3261e; }
pre { background: #f5f7f9; padding: .8rem; overflow-x: auto; font-size: .85rem; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
@media print { body { max-width: none; } pre { white-space: pre-wrap; } }
)";

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string row_of(const std::vector<std::string>& cells, const char* tag) {
  std::string out = "<tr>";
  for (const std::string& cell : cells) out += fmt::format("<{}>{}</{}>", tag, escape_html(cell), tag);
  return out + "</tr>\n";
}

std::string results(const RunRecord& record) {
  const auto metrics = headline_metrics(record);
  std::vector<std::string> head = record.axes;
  head.emplace_back("runs");
  head.insert(head.end(), metrics.begin(), metrics.end());
  std::string out = "<table>\n" + row_of(head, "th");
  for (const Setting& setting : settings_of(record)) {
    std::vector<std::string> cells;
    for (const std::string& axis : record.axes) {
      cells.emplace_back();
      for (const auto& [name, label] : setting.settings)
        if (name == axis) cells.back() = label;
    }
    cells.push_back(fmt::format("{} of {}", setting.done, setting.rows.size()));
    for (const std::string& metric : metrics) cells.push_back(describe(values_of(setting, metric)));
    out += row_of(cells, "td");
  }
  return out + "</table>\n";
}

std::string failures(const RunRecord& record) {
  std::string out;
  for (std::size_t i = 0; i < record.rows.size(); ++i)
    if (record.rows[i].status != RowStatus::done)
      out += fmt::format("<p class=\"failed\">Row {} (seed {}): {}. {}</p>\n", i + 1, record.rows[i].seed,
                         name(record.rows[i].status), escape_html(record.rows[i].error));
  return out;
}

std::string figures(const std::filesystem::path& folder, const RunRecord& record) {
  std::string out;
  for (const FigureRecord& figure : record.figures)
    if (const std::string svg = read(folder / "figures" / (figure.name + ".svg")); !svg.empty())
      out += "<figure>" + svg + "</figure>\n";
    else out += fmt::format("<p><a href=\"figures/{0}.vl.json\">{0}</a> (Vega-Lite)</p>\n", escape_html(figure.name));
  return out.empty() ? "" : "<h2>Figures</h2>\n" + out;
}

std::string times(const RunRecord& record) {
  std::string out = "<h2>Times</h2>\n<table>\n" + row_of({"row", "seed", "node", "component", "", "seconds"}, "th");
  for (std::size_t i = 0; i < record.rows.size(); ++i)
    for (const NodeTime& node : record.rows[i].nodes)
      out += row_of({std::to_string(i + 1), std::to_string(record.rows[i].seed), node.node, node.component, node.status,
                     fmt::format("{:.2f}", node.seconds)},
                    "td");
  return out + "</table>\n";
}

}  // namespace

void write_page(const std::filesystem::path& folder, const RunRecord& record) {
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n";
  out += fmt::format("<title>{}</title>\n<style>{}</style>\n<h1>{}</h1>\n", escape_html(record.name), kStyle,
                     escape_html(record.name));
  out += fmt::format("<p class=\"about\">{}{}{}, {:.0f} s</p>\n", escape_html(record.description),
                     record.description.empty() ? "" : "<br>", escape_html(record.started), record.seconds);
  out += results(record) + failures(record) + figures(folder, record) + times(record);
  out += "<h2>The experiment</h2>\n<pre>" + escape_html(read(folder / "resolved.yaml")) + "</pre>\n";
  out += "<h2>The machine</h2>\n<pre>" + escape_html(read(folder / "environment.json")) + "</pre>\n</html>\n";
  write_atomically(folder / "report.html", out);
}

}  // namespace shoal::host
