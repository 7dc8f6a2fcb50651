#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "framework/config/utf8.h"
#include "framework/graph/layout.h"
#include "framework/report/node_lines.h"
#include "framework/report/page/html_parts.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"

namespace shoal::host {
namespace {

constexpr double kLetter = 7.2, kLine = 17, kPadding = 10, kMargin = 4;  // of 12 px text, a little more than it needs
constexpr std::size_t kLetters = 34;                                     // of a line in a box
constexpr std::size_t kMostNodes = 300;

struct Drawn {
  const NodeLine* line = nullptr;
  std::vector<std::string> text = {};  ///< its lines, the name first
};

struct Wire {
  Arrow arrow = {};
  std::string port = {};
};

std::string number(double value) { return fmt::format("{:.1f}", value); }

Drawn draw(const NodeLine& line) {
  Drawn out{&line, {shortened(line.name, kLetters)}};
  const std::string use =
      line.uses.size() == 1 ? line.uses[0] : fmt::format("{} of {} components", line.uses[0], line.uses.size());
  out.text.push_back(shortened(use, kLetters));
  if (line.statuses.empty()) return out;
  out.text.push_back(shortened(describe_statuses(line), kLetters));
  out.text.push_back(seconds_text(line.seconds) +
                     (line.peak_rss_bytes > 0 ? " · " + bytes_text(line.peak_rss_bytes) : ""));
  return out;
}

Box box_of(const Drawn& drawn) {
  std::size_t letters = 0;
  for (const std::string& text : drawn.text) letters = std::max(letters, config::count_code_points(text));
  return {kLetter * static_cast<double>(letters) + 2 * kPadding,
          kLine * static_cast<double>(drawn.text.size()) + kPadding};
}

/// The wires between `lines`, each once, over all rows.
std::vector<Wire> wires_of(const std::vector<NodeLine>& lines) {
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < lines.size(); ++i) numbers[lines[i].name] = i;
  std::vector<Wire> out;
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (const FileNode* node : lines[i].rows) {
      if (node == nullptr) continue;
      for (const auto& [port, sources] : node->inputs)
        for (std::size_t at = 0; at < sources.size();) {  // "learn.encoder, head.head"
          const std::size_t end = std::min(sources.find(", ", at), sources.size());
          const std::string source = sources.substr(at, end - at);
          at = end + 2;
          const auto from = numbers.find(source.substr(0, source.find('.')));
          if (from != numbers.end() && from->second != i && seen.emplace(from->second, i).second)
            out.push_back({{from->second, i}, port});
        }
    }
  return out;
}

/// Whether the arrows, all rows' together, go one way: rows of a matrix may wire two nodes either way round.
bool has_order(std::size_t count, const std::vector<Wire>& wires) {
  std::vector<std::size_t> waits(count, 0), free;
  for (const Wire& wire : wires) ++waits[wire.arrow.to];
  for (std::size_t i = 0; i < count; ++i)
    if (waits[i] == 0) free.push_back(i);
  std::size_t done = 0;
  for (; !free.empty(); ++done) {
    const std::size_t node = free.back();
    free.pop_back();
    for (const Wire& wire : wires)
      if (wire.arrow.from == node && --waits[wire.arrow.to] == 0) free.push_back(wire.arrow.to);
  }
  return done == count;
}

void draw_wire(Html& html, const Layout& layout, const std::vector<Box>& boxes, const Wire& wire,
               std::size_t number_of) {
  const auto middle = [&](std::size_t i) { return layout.corners[i].y + boxes[i].height / 2; };
  std::vector<Point> points = {
      {layout.corners[wire.arrow.from].x + boxes[wire.arrow.from].width, middle(wire.arrow.from)}};
  points.insert(points.end(), layout.bends[number_of].begin(), layout.bends[number_of].end());
  points.push_back({layout.corners[wire.arrow.to].x - 5, middle(wire.arrow.to)});
  std::string path = fmt::format("M{:.1f},{:.1f}", points[0].x, points[0].y);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double half = (points[i - 1].x + points[i].x) / 2;
    path += fmt::format(" C{0:.1f},{1:.1f} {0:.1f},{2:.1f} {3:.1f},{2:.1f}", half, points[i - 1].y, points[i].y,
                        points[i].x);
  }
  html.open("path", {{"class", "wire"}, {"d", path}}).element("title", {}, wire.port).close();
  html.open("path", {{"class", "tip"},
                     {"d", fmt::format("M{0:.1f},{1:.1f} l-5,-3.5 v7 z", points.back().x + 5, points.back().y)}})
      .close();
}

void draw_box(Html& html, const std::string& target, const Point& corner, const Box& box, const Drawn& drawn) {
  const NodeLine& line = *drawn.line;
  const std::string kind = line.statuses.empty()               ? "declared"
                           : line.statuses.contains("failed")  ? "broken"
                           : line.statuses.contains("at work") ? "busy"
                           : line.statuses.contains("ran")     ? "ran"
                           : line.statuses.contains("waiting") ? "waits"
                                                               : "kept";
  html.open("a", {{"href", "#" + target}, {"class", "node " + kind}});
  html.element("title", {}, line.name);
  html.open("rect", {{"x", number(corner.x)},
                     {"y", number(corner.y)},
                     {"width", number(box.width)},
                     {"height", number(box.height)},
                     {"rx", kind == "declared" ? "12" : "4"}})
      .close();
  for (std::size_t i = 0; i < drawn.text.size(); ++i)
    html.element("text",
                 {{"x", number(corner.x + kPadding)},
                  {"y", number(corner.y + kPadding / 2 + kLine * (static_cast<double>(i) + 0.75))},
                  {"class", i == 0 ? "name" : "about"}},
                 drawn.text[i]);
  html.close();
}

/// Boxes from left to right and from top to bottom: as they are read, and gone through by the keyboard.
std::vector<std::size_t> as_read(const std::vector<Point>& corners) {
  std::vector<std::size_t> out(corners.size());
  std::iota(out.begin(), out.end(), 0);
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(corners[a].x, corners[a].y) < std::pair(corners[b].x, corners[b].y);
  });
  return out;
}

}  // namespace

void add_graph(PageWriter& page, const RunData& run) {
  const std::vector<NodeLine> lines = node_lines_of(run.file);
  const std::vector<Wire> wires = wires_of(lines);
  if (lines.empty()) return page.leave_out("Graph", "the run folder names no nodes");
  if (lines.size() > kMostNodes)
    return page.leave_out("Graph", fmt::format("{} nodes are more than a picture of them shows", lines.size()));
  if (!has_order(lines.size(), wires))
    return page.leave_out("Graph",
                          "rows of the matrix wire nodes in opposite directions, so that one picture cannot show all");
  std::vector<Drawn> drawn;
  std::vector<Box> boxes;
  for (const NodeLine& line : lines) drawn.push_back(draw(line)), boxes.push_back(box_of(drawn.back()));
  std::vector<Arrow> arrows;
  for (const Wire& wire : wires) arrows.push_back(wire.arrow);
  const Layout layout = lay_out(boxes, arrows);
  for (std::size_t i = 0; i < boxes.size(); ++i) boxes[i].width = layout.widths[i];

  page.begin_section("graph", "Graph");
  Html& html = page.html();
  open_scroll(html, "Graph of the experiment");
  const double width = layout.width + 2 * kMargin, height = layout.height + 2 * kMargin;
  html.open("svg",
            {{"class", "graph"},
             {"width", number(width)},
             {"height", number(height)},
             {"role", "group"},
             {"aria-label", fmt::format("{}, {}; each leads to its part below", counted(lines.size(), "node", "nodes"),
                                        counted(wires.size(), "connection", "connections"))},
             {"viewBox", fmt::format("{0:.0f} {0:.0f} {1:.1f} {2:.1f}", -kMargin, width, height)}});
  for (std::size_t i = 0; i < wires.size(); ++i) draw_wire(html, layout, boxes, wires[i], i);
  for (const std::size_t i : as_read(layout.corners))
    draw_box(html, page.id_of(node_id(lines[i].name)), layout.corners[i], boxes[i], drawn[i]);
  html.close().close();
  html.element("p", {{"class", "note"}},
               "Time is what a node took where it ran, over all rows; memory the most that the process had meanwhile. "
               "Stored: taken from the store; reused: from an earlier row. Rounded: only declares what others use.");
  page.end_section();
}

}  // namespace shoal::host
