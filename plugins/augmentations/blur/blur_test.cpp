#include "blur.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace {

using shoal::Random;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

TEST(GaussianKernel, FallsOffAsTheNormalDistributionAndSumsToOne) {
  const std::vector<float> kernel = gaussian_kernel(1);
  ASSERT_EQ(kernel.size(), 7u);  // three standard deviations each way
  for (int k = -3; k <= 3; ++k)
    EXPECT_NEAR(kernel[static_cast<std::size_t>(k + 3)] / kernel[3], std::exp(-k * k / 2.0), 1e-6);
  for (const double sigma : {1e-300, 0.1, 0.34, 2.0, 7.5}) {
    const std::vector<float> weights = gaussian_kernel(sigma);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-6) << sigma;
  }
  EXPECT_THAT(gaussian_kernel(0), ElementsAre(1));
  EXPECT_THAT(gaussian_kernel(1e-300), ElementsAre(0, 1, 0));
}

TEST(Blur, SpreadsABrightPixelAlikeToAllSidesAndLosesNothing) {
  std::vector<float> image(121), out(121);
  image[60] = 1;  // the middle of 11 × 11; the kernel of sigma 1 reaches three pixels
  blur(image.data(), {1, 11, 11}, gaussian_kernel(1), out.data());
  EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0), 1, 1e-6);
  for (std::size_t y = 0; y < 11; ++y)
    for (std::size_t x = 0; x < 11; ++x) {
      EXPECT_EQ(out[y * 11 + x], out[y * 11 + 10 - x]);
      EXPECT_EQ(out[y * 11 + x], out[(10 - y) * 11 + x]);
      EXPECT_NEAR(out[y * 11 + x], out[x * 11 + y], 1e-8);
    }
  EXPECT_EQ(out[60 - 4], 0);
}

TEST(Blur, GoesOnWithTheBorderOutsideOfTheImage) {
  const std::vector<float> half{0.25f, 0.5f, 0.25f};
  const std::vector<float> image{4, 0, 8, /* second channel */ 1, 1, 1};
  std::vector<float> out(6);
  // ¼·4 + ½·4 + ¼·0 = 3, ¼·4 + ½·0 + ¼·8 = 3, ¼·0 + ½·8 + ¼·8 = 6; the one row stays as it is upright.
  blur(image.data(), {2, 1, 3}, half, out.data());
  EXPECT_THAT(out, ElementsAre(3, 3, 6, 1, 1, 1));
  blur(image.data(), {2, 3, 1}, half, out.data());
  EXPECT_THAT(out, ElementsAre(3, 3, 6, 1, 1, 1));
  // A kernel wider than the image leaves one grey as it is.
  const std::vector<float> grey(6, 0.7f);
  blur(grey.data(), {1, 2, 3}, gaussian_kernel(5), out.data());
  EXPECT_THAT(out, Each(FloatNear(0.7f, 1e-6f)));
}

TEST(DrawSigma, KeepsWithinItsRangeAndIsZeroAsOftenAsAsked) {
  int none = 0;
  double least = 9, most = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double sigma = draw_sigma({.p = 0.7, .min_sigma = 0.5, .max_sigma = 2}, Random(i));
    none += sigma == 0;
    if (sigma == 0) continue;
    least = std::min(least, sigma);
    most = std::max(most, sigma);
  }
  EXPECT_NEAR(none, 600, 82);  // standard deviation √(2000·0.7·0.3) = 20.5
  EXPECT_GE(least, 0.5);
  EXPECT_LT(least, 0.52);
  EXPECT_LT(most, 2);
  EXPECT_GT(most, 1.98);
}

}  // namespace
