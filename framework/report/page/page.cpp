#include "framework/report/page/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "framework/report/page/assets.h"
#include "framework/report/page/page_writer.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

/// All of a run but its headline.
void add_run(PageWriter& page, const RunData& run, std::optional<std::size_t> row, DataSource* source) {
  add_figures(page, run);
  add_variance(page, run);
  add_confusion(page, run, row);
  add_clusters(page, run, row, source);
  add_map(page, run, row, source);
  add_curves(page, run);
  add_graph(page, run);
  add_nodes(page, run);
  add_machine(page, run);
  add_experiment(page, run);
  for (const std::string& damage : run.damaged) page.leave_out("What is damaged in the run's folder", damage);
}

/// "2026-10-02 14:12 UTC" of 2026-10-02T14:12:09Z; another form as it is.
std::string time_text(const std::string& time) {
  if (time.size() != 20 || time[10] != 'T' || time[19] != 'Z') return time;
  const std::string_view parts = time;
  return fmt::format("{} {} UTC", parts.substr(0, 10), parts.substr(11, 5));
}

std::string about(const RunFile& run) {
  double seconds = 0;
  for (const FileRow& row : run.rows) seconds += std::isfinite(row.seconds) ? row.seconds : 0;
  std::string out = counted(run.rows.size(), "row", "rows");
  if (const std::size_t settings = settings_of(run).size(); settings < run.rows.size() && settings > 1)
    out += fmt::format(", {}", counted(settings, "setting", "settings"));
  if (!run.ended) {
    const auto over =
        std::count_if(run.rows.begin(), run.rows.end(), [](const FileRow& row) { return !row.to_come(); });
    out += fmt::format(", {} over", over);
  }
  for (const std::string& part : {seconds_text(seconds), time_text(run.started), run.circumstances.machine})
    if (!part.empty()) out += " · " + part;
  return out;
}

std::string title_of(const std::vector<RunData>& runs) {
  std::string out;
  for (std::size_t i = 0; i < runs.size() && i < 4; ++i) out += (i == 0 ? "" : ", ") + runs[i].file.name;
  return runs.size() > 4 ? out + ", …" : out;
}

void add_body(PageWriter& page, const std::vector<RunData>& runs, const PageOptions& options,
              const std::vector<DataSource*>& sources) {
  const auto source = [&](std::size_t i) { return i < sources.size() ? sources[i] : nullptr; };
  if (runs.size() == 1) {
    page.begin_run("", kFoldedBytes);
    add_headline(page, runs[0], options.metrics);
    add_comparison(page, runs, options.metrics);
    return add_run(page, runs[0], options.row, source(0));
  }
  add_comparison(page, runs, options.metrics);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    page.begin_run(fmt::format("run-{}-", i + 1), kFoldedBytes / runs.size());
    page.begin_section("run", fmt::format("{}. {}", i + 1, runs[i].file.name));
    page.html().element("p", {{"class", "lead"}}, about(runs[i].file));
    add_headline(page, runs[i], options.metrics);
    add_run(page, runs[i], options.row, source(i));
    page.end_section();
  }
  page.begin_run("", 0);
}

bool all_ended(const std::vector<RunData>& runs) {
  return std::all_of(runs.begin(), runs.end(), [](const RunData& run) { return run.file.ended; });
}

void add_left_out(Html& html, const PageWriter& page, bool ended) {
  if (page.left_out().empty()) return;
  html.open("section", {{"id", "absent"}, {"aria-labelledby", "absent-h"}})
      .element("h2", {{"id", "absent-h"}}, ended ? "Not on this page" : "Not on this page, or not yet");
  html.open("ul", {{"class", "absent"}});
  for (const auto& [section, reason] : page.left_out())
    html.open("li").element("strong", section).text(": " + reason).close();
  html.close().close();
}

void begin(Html& out, const std::vector<RunData>& runs, const PageWriter& page, const std::string& style,
           const std::optional<PageWriter::Entry>& first) {
  out.open("head").single("meta", {{"charset", "utf-8"}});
  out.single("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.single("meta", {{"name", "generator"}, {"content", "shoal"}});
  out.element("title", title_of(runs)).style(kPageStyle + style).close();
  out.open("body").element("a", {{"class", "skip"}, {"href", "#main"}}, "To the results");
  out.open("div", {{"class", "frame"}}).open("header").element("h1", title_of(runs));
  if (runs.size() == 1 && !runs[0].file.description.empty())
    out.element("p", {{"class", "description"}}, runs[0].file.description);
  out.element("p", {{"class", "about"}}, runs.size() == 1 ? about(runs[0].file) : counted(runs.size(), "run", "runs"))
      .close();
  out.open("div", {{"class", "columns"}}).open("nav", {{"aria-label", "Contents"}}).open("ol");
  if (first) out.open("li").element("a", {{"href", "#" + first->id}}, first->title).close();
  for (const PageWriter::Entry& entry : page.contents())
    out.open("li").element("a", {{"href", "#" + entry.id}}, entry.title).close();
  if (!page.left_out().empty()) out.open("li").element("a", {{"href", "#absent"}}, "Not on this page").close();
  out.close().close();
}

/// The programs, linked or in the page.
void add_programs(Html& out, const PageOptions& options, const std::string& vega) {
  for (const std::string& address : options.programs) out.open("script", {{"src", address}}).close();
  if (!options.programs.empty()) return;
  if (!vega.empty()) out.script(vega);
  out.script(kPageProgram);
}

/// `first`: what is put in its place before all sections.
PlacedPage assemble(const std::vector<RunData>& runs, const PageOptions& options,
                    const std::vector<DataSource*>& sources, const std::optional<PageWriter::Entry>& first) {
  if (runs.empty()) throw std::invalid_argument("a page needs a run");
  for (const RunData& run : runs)
    if (options.row && *options.row >= run.file.rows.size())
      throw std::runtime_error(fmt::format("{} has {}, so there is no row {}", run.file.folder.string(),
                                           counted(run.file.rows.size(), "row", "rows"), *options.row + 1));
  PageWriter page;
  add_body(page, runs, options, sources);
  page.draw_charts(options.stills);
  const bool inlined = options.programs.empty();
  const std::string vega = page.has_charts() && inlined ? find_vega_runtime() : "";
  if (page.has_charts() && inlined && vega.empty())
    page.leave_out("Live charts",
                   "this Shoal was built without vl-convert-python, which has the program that draws them");
  constexpr std::size_t kFrame = 60'000;  // head, contents, what is left out
  if (const std::size_t bytes = page.html().bytes() + vega.size() + kFrame; bytes > kPageBytes)
    page.drop_stills(bytes - kPageBytes);

  Html out;
  out.open("html", {{"lang", "en"}});
  begin(out, runs, page, options.style, first);
  out.open("main", {{"id", "main"}, {"tabindex", "-1"}});
  const std::string kDoctype = "<!doctype html>\n";
  const std::size_t place = kDoctype.size() + out.bytes();
  Html rest;
  add_left_out(rest, page, all_ended(runs));
  out.append(std::move(page.html())).append(std::move(rest)).close().close();
  out.open("footer")
      .text("Made by shoal. The numbers are those of results.json, metrics.jsonl and the artifacts of the run folder.")
      .close();
  out.close();
  add_programs(out, options, vega);
  out.close().close();
  std::string html = kDoctype + std::move(out).take() + "\n";
  if (html.size() > kPageBytes)
    throw std::runtime_error(fmt::format("the page would be {} bytes, more than {}", html.size(), kPageBytes));
  return {std::move(html), place};
}

}  // namespace

std::string make_page(const std::vector<RunData>& runs, const PageOptions& options,
                      const std::vector<DataSource*>& sources) {
  return assemble(runs, options, sources, std::nullopt).html;
}

PlacedPage make_placed_page(const std::vector<RunData>& runs, const PageOptions& options, const std::string& id,
                            const std::string& title) {
  return assemble(runs, options, {}, PageWriter::Entry{id, title});
}

}  // namespace shoal::host
