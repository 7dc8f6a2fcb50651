#include "crop.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>
#include <vector>

namespace {

using shoal::Index;
using shoal::Random;
using ::testing::Each;
using ::testing::ElementsAre;

std::vector<float> cropped(const Offset& offset) {  // of two channels of 2 × 3
  const std::vector<float> image{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
  std::vector<float> out(12);
  crop(image.data(), {2, 2, 3}, offset, 0.5f, out.data());
  return out;
}

TEST(Crop, ShowsWhatTheMovedWindowSees) {
  EXPECT_THAT(cropped({}), ElementsAre(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60));
  EXPECT_THAT(cropped({.right = 1}), ElementsAre(2, 3, 0.5f, 5, 6, 0.5f, 20, 30, 0.5f, 50, 60, 0.5f));
  EXPECT_THAT(cropped({.right = -2}), ElementsAre(0.5f, 0.5f, 1, 0.5f, 0.5f, 4, 0.5f, 0.5f, 10, 0.5f, 0.5f, 40));
  EXPECT_THAT(cropped({.down = 1}), ElementsAre(4, 5, 6, 0.5f, 0.5f, 0.5f, 40, 50, 60, 0.5f, 0.5f, 0.5f));
  EXPECT_THAT(cropped({.down = -1, .right = 1}),
              ElementsAre(0.5f, 0.5f, 0.5f, 2, 3, 0.5f, 0.5f, 0.5f, 0.5f, 20, 30, 0.5f));
}

TEST(Crop, SeesNothingBeyondTheImage) {
  for (const Offset& offset : {Offset{2, 0}, Offset{-2, 0}, Offset{0, 3}, Offset{0, -3}, Offset{9, 9}, Offset{0, -99}})
    EXPECT_THAT(cropped(offset), Each(0.5f));
}

TEST(DrawOffset, DrawsEveryOffsetAndNoOther) {
  std::set<std::pair<Index, Index>> seen;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Offset offset = draw_offset(2, Random(i));
    EXPECT_LE(std::max(std::abs(offset.down), std::abs(offset.right)), 2);
    seen.insert({offset.down, offset.right});
  }
  EXPECT_EQ(seen.size(), 25u);  // one is missed with probability 25·(24/25)¹⁰⁰⁰, less than 10⁻¹⁶
}

}  // namespace
