#include "framework/graph/svg.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/graph/layout.h"

namespace shoal::host {
namespace {

constexpr double kLine = 16, kPadding = 8, kMargin = 12;
constexpr double kLetter = 7.3;  // of 12 px text, a little more than fonts need: the file does not know the reader's

struct Wire {
  std::size_t from = 0, output = 0, to = 0, port = 0;  // port: a number of Drawn::in
  bool made = false;
};

/// What is written into a box.
struct Drawn {
  std::string name, component;
  std::vector<std::string> in;   // port names, "use" for a made component
  std::vector<std::size_t> out;  // outputs that others take
  std::vector<std::string> out_names;
};

double width_of(const std::string& text) { return kLetter * static_cast<double>(text.size()); }

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

class Drawing {
 public:
  Drawing(const Graph& graph, const std::set<std::size_t>& stored) : graph_(graph), stored_(stored) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      drawn_.push_back({graph.nodes[i].name,
                        std::string(graph.nodes[i].component.id()) + (stored.contains(i) ? " · stored" : ""),
                        {},
                        {},
                        {}});
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_wires(i);
  }

  std::string run() {
    std::vector<Box> boxes;
    for (const Drawn& drawn : drawn_) boxes.push_back(box_of(drawn));
    std::vector<Arrow> arrows;
    for (const Wire& wire : wires_) arrows.push_back({wire.from, wire.to});
    const Layout layout = lay_out(boxes, arrows);
    for (std::size_t i = 0; i < boxes.size(); ++i) boxes[i].width = layout.widths[i];
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"{2:.0f} {2:.0f} "
        "{0:.0f} "
        "{1:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{3}</title>\n<rect x=\"{2:.0f}\" y=\"{2:.0f}\" "
        "width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        layout.width + 2 * kMargin, layout.height + 2 * kMargin, -kMargin, escape(graph_.experiment.name));
    for (std::size_t i = 0; i < wires_.size(); ++i) draw_wire(layout, boxes, i, out);
    for (std::size_t i = 0; i < drawn_.size(); ++i) draw_box(layout.corners[i], boxes[i], i, out);
    return out + "</svg>\n";
  }

 private:
  void add_wires(std::size_t i) {
    const GraphNode& node = graph_.nodes[i];
    if (node.made_by) add_wire(*node.made_by, i, "use", true);
    for (std::size_t port = 0; port < node.ports.size(); ++port)
      for (const Source& source : node.wired[port]) add_wire(source, i, node.ports[port].name, false);
  }

  void add_wire(const Source& source, std::size_t to, const std::string& port, bool made) {
    Drawn& drawn = drawn_[to];
    if (drawn.in.empty() || drawn.in.back() != port) drawn.in.push_back(port);  // the nodes of a list share one
    Drawn& upper = drawn_[source.node];
    auto found = std::find(upper.out.begin(), upper.out.end(), source.output);
    if (found == upper.out.end()) {
      upper.out_names.push_back(graph_.nodes[source.node].outputs[source.output].name);
      found = upper.out.insert(upper.out.end(), source.output);
    }
    wires_.push_back({source.node, static_cast<std::size_t>(found - upper.out.begin()), to, drawn.in.size() - 1, made});
  }

  static Box box_of(const Drawn& drawn) {
    double in = 0, out = 0;
    for (const std::string& name : drawn.in) in = std::max(in, width_of(name));
    for (const std::string& name : drawn.out_names) out = std::max(out, width_of(name));
    const double gap = in > 0 && out > 0 ? 2 * kPadding : 0;
    const std::size_t lines = 2 + std::max(drawn.in.size(), drawn.out.size());
    return {std::max({width_of(drawn.name) * 1.1, width_of(drawn.component), in + gap + out}) + 2 * kPadding,
            kLine * static_cast<double>(lines) + kPadding};
  }

  /// The middle of line `number` below name and component.
  static double line_y(const Point& corner, std::size_t number) {
    return corner.y + kPadding / 2 + kLine * (static_cast<double>(number) + 2.5);
  }

  void draw_wire(const Layout& layout, const std::vector<Box>& boxes, std::size_t number, std::string& out) const {
    const Wire& wire = wires_[number];
    std::vector<Point> points = {
        {layout.corners[wire.from].x + boxes[wire.from].width, line_y(layout.corners[wire.from], wire.output)}};
    points.insert(points.end(), layout.bends[number].begin(), layout.bends[number].end());
    points.push_back({layout.corners[wire.to].x, line_y(layout.corners[wire.to], wire.port)});
    out += fmt::format("<path d=\"M{:.1f},{:.1f}", points[0].x, points[0].y);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const double middle = (points[i - 1].x + points[i].x) / 2;
      out += fmt::format(" C{0:.1f},{1:.1f} {0:.1f},{2:.1f} {3:.1f},{2:.1f}", middle, points[i - 1].y, points[i].y,
                         points[i].x);
    }
    out += fmt::format("\" fill=\"none\" stroke=\"#777\"{}/>\n", wire.made ? " stroke-dasharray=\"4 3\"" : "");
    const Point& end = points.back();
    out += fmt::format("<path d=\"M{0:.1f},{1:.1f} l-6,-3 v6 z\" fill=\"#777\"/>\n", end.x, end.y);
  }

  void draw_box(const Point& corner, const Box& box, std::size_t i, std::string& out) const {
    const Drawn& drawn = drawn_[i];
    const auto write = [&](double x, double y, const char* how, const std::string& text) {
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y + 4, how, escape(text));
    };
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{}\" fill=\"{}\" stroke=\"#333\"/>\n",
        corner.x, corner.y, box.width, box.height, graph_.nodes[i].at_work ? 2 : 12,
        stored_.contains(i)       ? "#e2f2e4"
        : graph_.nodes[i].at_work ? "#eef4fb"
                                  : "#f7f7f2");
    write(corner.x + kPadding, line_y(corner, 0) - 2 * kLine, "font-weight=\"bold\"", drawn.name);
    write(corner.x + kPadding, line_y(corner, 0) - kLine, "fill=\"#555\"", drawn.component);
    for (std::size_t line = 0; line < drawn.in.size(); ++line)
      write(corner.x + kPadding, line_y(corner, line), "fill=\"#246\"", drawn.in[line]);
    for (std::size_t line = 0; line < drawn.out_names.size(); ++line)
      write(corner.x + box.width - kPadding, line_y(corner, line), "fill=\"#246\" text-anchor=\"end\"",
            drawn.out_names[line]);
  }

  const Graph& graph_;
  const std::set<std::size_t>& stored_;
  std::vector<Drawn> drawn_;
  std::vector<Wire> wires_;
};

}  // namespace

std::string to_svg(const Graph& graph, const std::set<std::size_t>& stored) { return Drawing(graph, stored).run(); }

}  // namespace shoal::host
