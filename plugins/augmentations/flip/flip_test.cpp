#include "flip.h"

#include <gmock/gmock.h>

#include <vector>

namespace {

using shoal::Random;
using ::testing::ElementsAre;

// Two channels of 2 × 3.
const std::vector<float> kImage{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};

std::vector<float> flipped(const Flips& flips) {
  std::vector<float> out(12);
  flip(kImage.data(), {2, 2, 3}, flips, out.data());
  return out;
}

TEST(Flip, MirrorsEachChannel) {
  EXPECT_EQ(flipped({}), kImage);
  EXPECT_THAT(flipped({.horizontal = true}), ElementsAre(3, 2, 1, 6, 5, 4, 30, 20, 10, 60, 50, 40));
  EXPECT_THAT(flipped({.vertical = true}), ElementsAre(4, 5, 6, 1, 2, 3, 40, 50, 60, 10, 20, 30));
  EXPECT_THAT(flipped({.horizontal = true, .vertical = true}), ElementsAre(6, 5, 4, 3, 2, 1, 60, 50, 40, 30, 20, 10));
}

TEST(DrawFlips, FlipsEachWayAsOftenAsAskedWhateverTheOther) {
  int horizontal = 0, vertical = 0, both = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Flips flips = draw_flips(0.5, 0.2, Random(i));
    horizontal += flips.horizontal;
    vertical += flips.vertical;
    both += flips.horizontal && flips.vertical;
  }
  // Of 2000; standard deviations 22, 18 and 13.
  EXPECT_NEAR(horizontal, 1000, 90);
  EXPECT_NEAR(vertical, 400, 72);
  EXPECT_NEAR(both, 200, 54);
  EXPECT_EQ(draw_flips(1, 0, Random(1)), Flips{.horizontal = true});
}

}  // namespace
