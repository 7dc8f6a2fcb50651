#include "framework/report/page/page_writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "framework/files/read_or_empty.h"
#include "framework/report/page/html_parts.h"
#include "framework/report/quantity.h"
#include "framework/report/vega_to_svg.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

/// A folder of our own that is gone when we are done.
class PassingFolder {
 public:
  PassingFolder() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() / fmt::format("shoal-page-{}-{}", getpid(), ++count);
    fs::create_directories(path_);
  }
  ~PassingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Caption, head and lines; the first cell of a line names it.
void write_lines(const PlainTable& table, const std::vector<bool>& numeric, const std::string& label, std::size_t most,
                 Html& html) {
  html.element("caption", {{"class", "unseen"}}, label);
  const auto kind = [&](std::size_t i) { return std::string(i < numeric.size() && numeric[i] ? "n" : "t"); };
  html.open("thead").open("tr");
  for (std::size_t i = 0; i < table.head.size(); ++i)
    if (table.head[i].empty()) html.element("td", "");  // a header without text is none to a screen reader
    else html.element("th", {{"scope", "col"}, {"class", kind(i)}}, table.head[i]);
  html.close().close().open("tbody");
  for (std::size_t line = 0; line < std::min(table.lines.size(), most); ++line) {
    html.open("tr");
    for (std::size_t i = 0; i < table.lines[line].size(); ++i) {  // the span: as wide as its text, if that is readable
      if (i == 0 && !table.lines[line][0].empty()) html.open("th", {{"scope", "row"}, {"class", kind(i)}});
      else html.open("td", {{"class", kind(i)}});
      html.element("span", table.lines[line][i]).close();
    }
    html.close();
  }
  html.close();
}

}  // namespace

void PageWriter::begin_section(const std::string& name, const std::string& title, bool listed) {
  const std::string id = id_of(name);
  sections_.push_back({title, listed, body_.mark(), charts_.size(), contents_.size()});
  // Only the uppermost are landmarks: below them names recur.
  if (sections_.size() == 1) body_.open("section", {{"id", id}, {"aria-labelledby", id + "-h"}});
  else body_.open("section", {{"id", id}});
  const Html::Attributes heading = {{"id", id + "-h"}};
  if (sections_.size() == 1) body_.element("h2", heading, title);
  else if (sections_.size() == 2) body_.element("h3", heading, title);
  else if (sections_.size() == 3) body_.element("h4", heading, title);
  else body_.element("h5", heading, title);
  if (listed) contents_.push_back({id, title});
}

void PageWriter::end_section() {
  body_.close();
  const OpenSection section = std::move(sections_.back());
  sections_.pop_back();
  if (!section.listed || body_.bytes() <= kTextBytes) return;
  body_.back_to(section.mark);
  charts_.resize(section.charts);
  contents_.resize(section.contents);
  leave_out(section.title, "with it the page would be larger than 10 MB");
}

void PageWriter::leave_out(const std::string& section, const std::string& reason) {
  left_out_.emplace_back(section, reason);
}

bool PageWriter::take_room(std::size_t bytes) {
  const bool fits = bytes <= room_ && body_.bytes() + bytes <= kTextBytes / 2;
  room_ = fits ? room_ - bytes : 0;
  return fits;
}

void PageWriter::add_table(const PlainTable& table, const std::vector<bool>& numeric, const std::string& label,
                           std::size_t most) {
  open_scroll(body_, label);
  body_.open("table", {{"class", table.lines.size() > 1 ? "sortable" : "plain"}});
  write_lines(table, numeric, label, most, body_);
  body_.close().close();
  if (table.lines.size() > most)
    body_.element("p", {{"class", "note"}},
                  fmt::format("The first {} of {} lines; all are in the files of the run.", most, table.lines.size()));
}

void PageWriter::add_chart(Chart chart) { charts_.push_back({std::move(chart), body_.hole()}); }

void PageWriter::fill(PlacedChart& placed) {
  const Chart& chart = placed.chart;
  const std::string id = fmt::format("chart-{}", placed.hole);
  Html html;
  html.open("figure");
  if (!chart.title.empty()) html.element("figcaption", chart.title);
  html.open("div",
            {{"class", "chart"}, {"data-chart", id}, {"data-sheet", chart.sheet}, {"data-label", chart.summary}});
  if (!chart.svg.empty()) html.drawing(chart.svg, chart.summary);
  else html.element("p", {{"class", "note"}}, "Not drawn here; the numbers are below.");
  html.close();
  html.json(id, chart.specification.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  if (!chart.caption.empty()) html.element("p", {{"class", "note"}}, chart.caption);
  if (!chart.numbers.lines.empty()) {
    html.open("details").element("summary", "Numbers");
    const std::string label = "Numbers: " + chart.title;
    open_scroll(html, label);
    html.open("table", {{"class", "plain"}});
    write_lines(chart.numbers, std::vector<bool>(chart.numbers.head.size(), true), label, 200, html);
    html.close().close();
    if (chart.numbers.lines.size() > 200) html.element("p", {{"class", "note"}}, "The first 200 lines.");
    html.close();
  }
  html.close();
  body_.fill(placed.hole, std::move(html));
}

void PageWriter::draw_charts(bool stills) {
  if (stills) draw_stills();
  for (PlacedChart& placed : charts_) fill(placed);
}

void PageWriter::draw_stills() {
  std::vector<fs::path> files;
  std::vector<PlacedChart*> drawn;
  const PassingFolder folder;
  for (PlacedChart& placed : charts_) {
    if (!placed.chart.svg.empty()) continue;
    files.push_back(folder.path() / fmt::format("{}.vl.json", placed.hole));
    std::ofstream(files.back(), std::ios::binary)
        << still_of(placed.chart.specification).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    drawn.push_back(&placed);
  }
  if (!files.empty())
    for (const std::string& problem : vega_to_svg(files)) leave_out("Charts as still pictures", problem);
  for (PlacedChart* placed : drawn)
    placed->chart.svg = read_or_empty(folder.path() / fmt::format("{}.svg", placed->hole));
}

void PageWriter::drop_stills(std::size_t bytes) {
  std::vector<PlacedChart*> largest;
  for (PlacedChart& placed : charts_) largest.push_back(&placed);
  std::stable_sort(largest.begin(), largest.end(), [](const auto* a, const auto* b) {
    return std::pair(a->chart.folded, a->chart.svg.size()) > std::pair(b->chart.folded, b->chart.svg.size());
  });
  std::size_t saved = 0, dropped = 0;
  for (PlacedChart* placed : largest) {
    if (saved >= bytes || placed->chart.svg.empty()) break;
    saved += placed->chart.svg.size();
    placed->chart.svg.clear();
    fill(*placed);
    ++dropped;
  }
  if (dropped > 0)
    leave_out("Still pictures of " + counted(dropped, "chart", "charts"), "the page would be larger than 10 MB");
}

}  // namespace shoal::host
