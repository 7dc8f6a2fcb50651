// Boxes in columns: nothing overlaps, every arrow leads to the right and passes no box.
#include "framework/graph/layout.h"

#include <gmock/gmock.h>

#include <cstdint>

namespace shoal::host {
namespace {

TEST(Layout, PutsAChainInARow) {
  const Layout layout = lay_out({{100, 40}, {80, 20}, {60, 40}}, {{0, 1}, {1, 2}});
  EXPECT_EQ(layout.corners[0].x, 0);
  EXPECT_EQ(layout.corners[1].x, 164);        // 100 and a gap of 64
  EXPECT_EQ(layout.corners[2].x, 164 + 144);  // 80 and 64
  EXPECT_EQ(layout.corners[1].y, 10);         // in the middle of 40
  EXPECT_EQ(layout.width, 164 + 144 + 60);
  EXPECT_EQ(layout.height, 40);
}

TEST(Layout, PutsABoxThatNothingPointsToBesideItsFirstUse) {
  const Layout layout = lay_out({{10, 10}, {10, 10}, {10, 10}, {10, 10}}, {{0, 1}, {1, 2}, {3, 2}});
  EXPECT_EQ(layout.corners[3].x, layout.corners[1].x);
}

TEST(Layout, LeadsALongArrowBetweenTheBoxes) {
  const Layout layout = lay_out({{10, 30}, {10, 30}, {10, 30}}, {{0, 1}, {1, 2}, {0, 2}});
  ASSERT_EQ(layout.bends[2].size(), 2u);
  const double y = layout.bends[2][0].y;
  EXPECT_TRUE(y < layout.corners[1].y || y > layout.corners[1].y + 30) << y;
}

TEST(Layout, TakesNothing) {
  const Layout layout = lay_out({}, {});
  EXPECT_TRUE(layout.corners.empty());
  EXPECT_EQ(layout.width, 0);
}

TEST(Layout, HoldsForAnyGraph) {
  std::uint64_t state = 1;
  const auto below = [&](std::uint64_t n) {  // a small generator of our own: the same graphs everywhere
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
  };
  for (int graph = 0; graph < 200; ++graph) {
    SCOPED_TRACE(graph);
    std::vector<Box> boxes;
    std::vector<Arrow> arrows;
    const std::size_t n = 2 + below(14);
    for (std::size_t i = 0; i < n; ++i)
      boxes.push_back({20 + static_cast<double>(below(80)), 10 + static_cast<double>(below(60))});
    for (std::size_t to = 1; to < n; ++to)
      for (std::uint64_t i = below(4); i > 0; --i) arrows.push_back({below(to), to});
    const Layout layout = lay_out(boxes, arrows);
    const auto inside = [&](std::size_t i, const Point& p) {
      return p.x > layout.corners[i].x && p.x < layout.corners[i].x + layout.widths[i] && p.y > layout.corners[i].y &&
             p.y < layout.corners[i].y + boxes[i].height;
    };
    for (std::size_t a = 0; a < n; ++a) {
      EXPECT_GE(layout.widths[a], boxes[a].width);
      EXPECT_GE(layout.corners[a].y, -1e-9);
      EXPECT_LE(layout.corners[a].y + boxes[a].height, layout.height + 1e-9);
      for (std::size_t b = 0; b < a; ++b) {
        const bool apart = layout.corners[a].x + layout.widths[a] <= layout.corners[b].x ||
                           layout.corners[b].x + layout.widths[b] <= layout.corners[a].x ||
                           layout.corners[a].y + boxes[a].height <= layout.corners[b].y ||
                           layout.corners[b].y + boxes[b].height <= layout.corners[a].y;
        EXPECT_TRUE(apart) << a << " " << b;
      }
    }
    for (std::size_t e = 0; e < arrows.size(); ++e) {
      double x = layout.corners[arrows[e].from].x + layout.widths[arrows[e].from];
      EXPECT_LT(x, layout.corners[arrows[e].to].x);
      for (std::size_t p = 0; p + 1 < layout.bends[e].size(); p += 2) {
        const Point& begin = layout.bends[e][p];
        const Point& end = layout.bends[e][p + 1];
        EXPECT_LT(x, begin.x);
        x = end.x;
        for (std::size_t i = 0; i < n; ++i)
          for (int step = 0; step <= 10; ++step)
            EXPECT_FALSE(inside(i, {begin.x + (end.x - begin.x) * step / 10, begin.y})) << e << " through " << i;
      }
      EXPECT_LT(x, layout.corners[arrows[e].to].x);
    }
  }
}

}  // namespace
}  // namespace shoal::host
