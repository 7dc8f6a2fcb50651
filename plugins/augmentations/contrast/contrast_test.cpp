#include "contrast.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace {

using shoal::Random;
using ::testing::FloatNear;
using ::testing::Pointwise;

std::vector<float> retoned(const std::vector<float>& image, const Tone& tone) {
  std::vector<float> out(image.size());
  retone(image.data(), {2, 1, static_cast<shoal::Index>(image.size()) / 2}, tone, out.data());
  return out;
}

const std::vector<float> kImage{0.2f, 0.4f, 0.6f, 0.8f};  // two channels of 1 × 2; mean 0.5

TEST(Retone, StretchesAboutTheMeanOfAllChannels) {
  EXPECT_THAT(retoned(kImage, {.factor = 0.5}), Pointwise(FloatNear(1e-6f), {0.35f, 0.45f, 0.55f, 0.65f}));
  EXPECT_THAT(retoned(kImage, {.factor = 0}), Pointwise(FloatNear(1e-6f), {0.5f, 0.5f, 0.5f, 0.5f}));
  // 0.5 ∓ 2·0.3 leaves [0, 1].
  EXPECT_THAT(retoned(kImage, {.factor = 2}), Pointwise(FloatNear(1e-6f), {0.f, 0.3f, 0.7f, 1.f}));
}

TEST(Retone, ShiftsAll) {
  EXPECT_THAT(retoned(kImage, {.shift = 0.3}), Pointwise(FloatNear(1e-6f), {0.5f, 0.7f, 0.9f, 1.f}));
  EXPECT_THAT(retoned(kImage, {.factor = 0.5, .shift = -0.4}), Pointwise(FloatNear(1e-6f), {0.f, 0.05f, 0.15f, 0.25f}));
}

TEST(DrawTone, KeepsWithinItsRanges) {
  double most_factor = 0, most_shift = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Tone tone = draw_tone(0.4, 0.2, Random(i));
    most_factor = std::max(most_factor, std::abs(tone.factor - 1));
    most_shift = std::max(most_shift, std::abs(tone.shift));
    EXPECT_EQ(draw_tone(0, 0, Random(i)), Tone{});
  }
  // Of 2000 draws the farthest misses the end by 1 % once in 10⁸ times.
  EXPECT_LE(most_factor, 0.4 + 1e-12);
  EXPECT_GT(most_factor, 0.396);
  EXPECT_LE(most_shift, 0.2);
  EXPECT_GT(most_shift, 0.198);
}

}  // namespace
