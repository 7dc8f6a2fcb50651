#include "elastic.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace {

using shoal::Random;
using ::testing::ElementsAre;

std::vector<float> displaced(float right, float down) {  // of 2 × 3, everywhere alike
  const std::vector<float> image{0, 4, 8, 4, 8, 12};
  std::vector<float> out(6);
  displace(image.data(), {1, 2, 3}, {std::vector<float>(6, right), std::vector<float>(6, down)}, 0.5f, out.data());
  return out;
}

TEST(Displace, LooksWhereTheFieldPoints) {
  EXPECT_THAT(displaced(0, 0), ElementsAre(0, 4, 8, 4, 8, 12));
  EXPECT_THAT(displaced(1, 0), ElementsAre(4, 8, 0.5f, 8, 12, 0.5f));
  EXPECT_THAT(displaced(0, -1), ElementsAre(0.5f, 0.5f, 0.5f, 0, 4, 8));
  EXPECT_THAT(displaced(-9, 0), ElementsAre(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f));
  // ¾ of a pixel and ¼ of the next; beyond the last is 0.5.
  EXPECT_THAT(displaced(0.25f, 0), ElementsAre(1, 5, 6.125f, 5, 9, 9.125f));
}

TEST(Displace, MovesEachPixelOfEachChannelOnItsOwn) {
  const std::vector<float> image{1, 2, 3, /* second channel */ 10, 20, 30};
  std::vector<float> out(6);
  displace(image.data(), {2, 1, 3}, {{2, 0, -1}, {0, 0, 0}}, 0, out.data());
  EXPECT_THAT(out, ElementsAre(3, 2, 2, 30, 20, 20));
}

TEST(DrawDisplacement, OfNoStrengthMovesNothing) {
  const Displacement still = draw_displacement({.alpha = 0, .sigma = 4}, {1, 28, 28}, Random(1));
  EXPECT_TRUE(still.right.empty() && still.down.empty());
}

TEST(DrawDisplacement, IsAsStrongAndAsSmoothAsAsked) {
  // 4000 fields of 1 × 13 pixels, looked at in the columns 0, 4, 8, for alpha 3 and sigma 4. White noise smoothed by a
  // Gaussian has at distance d the correlation exp(−d²/4σ²): exp(−¼) = 0.779 and exp(−1) = 0.368.
  double lengths = 0, squares = 0, right = 0, near = 0, far = 0, across = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const Displacement d = draw_displacement({.alpha = 3, .sigma = 4}, {1, 1, 13}, Random(i));
    ASSERT_EQ(d.right.size(), 13u);
    ASSERT_EQ(d.down.size(), 13u);
    const double square = d.right[0] * d.right[0] + d.down[0] * d.down[0];
    squares += square;
    lengths += std::sqrt(square);
    right += d.right[0];
    near += d.right[0] * d.right[4] + d.down[0] * d.down[4];
    far += d.right[0] * d.right[8] + d.down[0] * d.down[8];
    across += d.right[0] * d.down[0];
  }
  // Means of 4000 draws; a square length, exponential of mean 9, has standard deviation 9/√4000 = 0.14 in the mean.
  EXPECT_NEAR(squares / 4000, 9, 0.6);
  EXPECT_LT(lengths / 4000, 3);  // of two normal components √π/2 · 3 = 2.66
  EXPECT_NEAR(lengths / 4000, 2.66, 0.1);
  EXPECT_NEAR(right / 4000, 0, 0.14);  // 2.12/√4000 = 0.034
  EXPECT_NEAR(near / squares, 0.779, 0.03);
  EXPECT_NEAR(far / squares, 0.368, 0.05);
  EXPECT_NEAR(across / 4000, 0, 0.3);
}

TEST(DrawDisplacement, IsAsStrongInEveryPlaceAndForEverySmoothness) {
  for (const double sigma : {0.5, 2.0, 100.0}) {
    double corner = 0, middle = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const Displacement d = draw_displacement({.alpha = 1, .sigma = sigma}, {1, 9, 7}, Random(i));
      corner += d.right[62] * d.right[62];
      middle += d.down[31] * d.down[31];
    }
    EXPECT_NEAR(corner / 2000, 0.5, 0.08) << sigma;  // standard deviation 0.5·√(2/2000) = 0.016, and some more
    EXPECT_NEAR(middle / 2000, 0.5, 0.08) << sigma;
  }
}

}  // namespace
