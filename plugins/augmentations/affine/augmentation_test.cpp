#include "augmentation.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/testing.h"

namespace {

using shoal::InputError;
using shoal::Random;
using shoal::testing::Host;
using ::testing::ThrowsMessage;

const AffineParams kStill{.shift = 0, .rotate = 0, .scale = 0, .shear = 0};

at::Tensor noise(std::int64_t n, std::int64_t channels, std::int64_t height, std::int64_t width) {
  at::Tensor out = at::zeros({n, channels, height, width});
  Random random(3);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(random.uniform());
  return out;
}

TEST(Affine, IsTheSameForAnyNumberOfThreads) {
  const at::Tensor batch = noise(100, 3, 14, 11);
  const auto apply = [&](int threads) {
    Host host({.threads = threads});
    return Affine({}).apply(host.context(), batch, Random(7));
  };
  const at::Tensor one = apply(1);
  EXPECT_TRUE(at::equal(one, apply(2)));
  EXPECT_TRUE(at::equal(one, apply(3)));
  EXPECT_FALSE(at::equal(one, batch));
}

TEST(Affine, DrawsForEachExampleFromItsOwnStream) {
  Host host;
  const at::Tensor image = noise(1, 1, 28, 28);
  const at::Tensor views = Affine({}).apply(host.context(), image.expand({20, 1, 28, 28}).contiguous(), Random(7));
  EXPECT_FALSE(at::equal(views[0], views[1]));
  // The first ten do not depend on how many come after them.
  const at::Tensor fewer = Affine({}).apply(host.context(), image.expand({10, 1, 28, 28}).contiguous(), Random(7));
  EXPECT_TRUE(at::equal(views.narrow(0, 0, 10), fewer));
}

TEST(Affine, LeavesItsArgumentAloneAndIsTheIdentityWithoutRanges) {
  Host host;
  const at::Tensor batch = noise(20, 1, 28, 28), before = batch.clone();
  Affine({}).apply(host.context(), batch, Random(7));
  EXPECT_TRUE(at::equal(batch, before));
  EXPECT_TRUE(at::equal(Affine(kStill).apply(host.context(), batch, Random(7)), batch));
}

TEST(Affine, RefusesWhatIsNoBatchOfImages) {
  Host host;
  const auto apply = [&](const at::Tensor& batch) {
    return [&host, batch] { Affine({}).apply(host.context(), batch, Random(7)); };
  };
  EXPECT_THAT(apply(at::zeros({2, 784})), ThrowsMessage<InputError>("expected images (batch, channels, height, width) "
                                                                    "without gaps, got a tensor of shape (2, 784)"));
  EXPECT_THAT(
      apply(at::zeros({2, 1, 4, 5}).narrow(3, 0, 4)),
      ThrowsMessage<InputError>("expected images (batch, channels, height, width) without gaps, got a tensor of "
                                "shape (2, 1, 4, 4) with gaps"));
  EXPECT_THAT(apply(at::zeros({2, 1, 4, 4}, at::kDouble)), ThrowsMessage<InputError>("expected float32, got float64"));
}

}  // namespace
