#include "erase.h"

#include <gmock/gmock.h>

#include <map>
#include <utility>
#include <vector>

namespace {

using shoal::Index;
using shoal::Random;
using ::testing::ElementsAre;

constexpr ImageShape kSmall{.channels = 1, .height = 20, .width = 30};

TEST(Erase, SetsExactlyTheRectangleInEveryChannel) {
  const std::vector<float> image{1, 2, 3, 4, 5, 6, /* second channel */ 7, 8, 9, 10, 11, 12};
  std::vector<float> out(12);
  erase(image.data(), {2, 2, 3}, {.top = 0, .bottom = 2, .left = 1, .right = 2}, 0.5f, out.data());
  EXPECT_THAT(out, ElementsAre(1, 0.5f, 3, 4, 0.5f, 6, 7, 0.5f, 9, 10, 0.5f, 12));
}

TEST(DrawRectangle, CutsOffWhatSticksOut) {  // a side of 5 about c covers c − 2 … c + 2
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Rectangle r = draw_rectangle({.p = 1, .min_side = 5, .max_side = 5}, kSmall, Random(i));
    EXPECT_TRUE(r.top == 0 || r.bottom == 20 || r.bottom - r.top == 5);
    EXPECT_TRUE(r.left == 0 || r.right == 30 || r.right - r.left == 5);
    EXPECT_GE(r.bottom - r.top, 3);  // the centre is in the image
    EXPECT_GE(r.right - r.left, 3);
  }
  const Rectangle all{.top = 0, .bottom = 20, .left = 0, .right = 30};
  EXPECT_EQ(draw_rectangle({.p = 1, .min_side = 100, .max_side = 100}, kSmall, Random(1)), all);
}

TEST(DrawRectangle, DrawsEachSideOnItsOwnFromTheWholeRange) {
  std::map<std::pair<Index, Index>, int> sides;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const Rectangle r = draw_rectangle({.p = 1, .min_side = 2, .max_side = 4}, {1, 1000, 1000}, Random(i));
    ++sides[{r.bottom - r.top, r.right - r.left}];
  }
  // Nine pairs, 3000/9 = 333 of each, standard deviation 17; but four in a thousand touch the border.
  for (Index height = 2; height <= 4; ++height)
    for (Index width = 2; width <= 4; ++width) EXPECT_NEAR((sides[{height, width}]), 333, 90);
}

TEST(DrawRectangle, IsEmptyAsOftenAsAsked) {
  int empty = 0;
  for (std::uint64_t i = 0; i < 2000; ++i)
    empty += draw_rectangle({.p = 0.3, .min_side = 1, .max_side = 4}, kSmall, Random(i)) == Rectangle{};
  EXPECT_NEAR(empty, 1400, 90);  // standard deviation √(2000·0.3·0.7) = 20.5
}

}  // namespace
