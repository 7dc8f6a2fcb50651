#include "noise.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace {

using shoal::Index;
using shoal::Random;

constexpr ImageShape kShape{.channels = 1, .height = 100, .width = 100};

/// An image of one grey with noise.
std::vector<float> noisy(float grey, double sigma) {
  const std::vector<float> image(10000, grey);
  std::vector<float> out(10000);
  add_noise(image.data(), kShape, sigma, Random(4), out.data());
  return out;
}

TEST(AddNoise, HasTheStandardDeviationAskedForAndNoMean) {
  double sum = 0, squares = 0, beside = 0;
  const std::vector<float> out = noisy(0.5f, 0.1);  // cut off at five standard deviations: not seen here
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double noise = out[i] - 0.5;
    sum += noise;
    squares += noise * noise;
    beside += i > 0 ? noise * (out[i - 1] - 0.5) : 0;
  }
  // Of 10000 draws, four standard deviations each: the mean is 0 ± 0.1·4/100, the variance 0.01·(1 ± 4·√2/100), and
  // the covariance of neighbours 0.01·(0 ± 4/100).
  EXPECT_NEAR(sum / 10000, 0, 0.004);
  EXPECT_NEAR(squares / 10000, 0.01, 0.00057);
  EXPECT_NEAR(beside / 10000, 0, 0.0004);
}

TEST(AddNoise, KeepsWithinZeroAndOne) {  // of black pixels every other would be below 0
  Index black = 0;
  for (const float pixel : noisy(0, 0.3)) {
    EXPECT_TRUE(pixel >= 0 && pixel <= 1);
    black += pixel == 0;
  }
  EXPECT_NEAR(static_cast<double>(black), 5000, 200);  // standard deviation 50
}

}  // namespace
