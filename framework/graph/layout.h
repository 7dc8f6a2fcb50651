#ifndef SHOAL_FRAMEWORK_GRAPH_LAYOUT_H_
#define SHOAL_FRAMEWORK_GRAPH_LAYOUT_H_

#include <cstddef>
#include <vector>

namespace shoal::host {

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double width = 0, height = 0;
};

struct Arrow {
  std::size_t from = 0, to = 0;  ///< numbers of boxes
};

/// Where boxes stand, in columns from left to right.
struct Layout {
  std::vector<Point> corners;             ///< upper left, of each box
  std::vector<double> widths;             ///< of each box: the widest of its column, so that they line up
  std::vector<std::vector<Point>> bends;  ///< of each arrow: through these, left to right, it passes no box
  double width = 0, height = 0;
};

/// Puts every box to the right of all that point to it. An arrow that passes a column gets a lane of its own there; in
/// each column boxes and lanes stand near what they are connected to. No two boxes overlap. The same arguments give the
/// same layout. Arrows must not form a cycle.
/// Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures",
/// IEEE Trans. SMC 11 (1981) 109–125: longest path, lanes, barycentres.
Layout lay_out(const std::vector<Box>& boxes, const std::vector<Arrow>& arrows);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_LAYOUT_H_
