#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>

#include "shoal/testing_component.h"
#include "shoal/torch/augmentation.h"

namespace {

using shoal::Random;
using shoal::testing::Host;
using shoal::testing::Made;

/// 64 images of one grey.
at::Tensor grey(double value) { return at::full({64, 1, 2, 3}, value, at::kFloat); }

at::Tensor apply(double strength, const at::Tensor& batch, int threads = 1) {
  Host host({.threads = threads});
  const Made made(host.context(), "augmentation/@name@", {{"strength", strength}});
  return shoal::torch_component<shoal::Augmentation>(made.object()).apply(host.context(), batch, Random(3));
}

TEST(@class@, MultipliesEachImageByAFactorOfItsOwn) {
  const at::Tensor factors = apply(0.3, grey(0.5)) / 0.5;
  EXPECT_TRUE(at::equal(factors, factors.select(3, 0).select(2, 0).view({64, 1, 1, 1}).expand_as(factors)));
  EXPECT_GE(factors.min().item<double>(), 0.7 - 1e-6);
  EXPECT_LE(factors.max().item<double>(), 1.3 + 1e-6);
  EXPECT_GT(factors.max().item<double>() - factors.min().item<double>(), 0.5);  // of 64 draws from a range of 0.6
}

TEST(@class@, KeepsWithinOne) { EXPECT_EQ(apply(1, grey(1)).max().item<float>(), 1); }

TEST(@class@, LeavesImagesAsTheyAreWithoutStrength) { EXPECT_TRUE(at::equal(apply(0, grey(0.3)), grey(0.3))); }

TEST(@class@, IsTheSameForAnyNumberOfThreads) {
  EXPECT_TRUE(at::equal(apply(0.3, grey(0.5), 1), apply(0.3, grey(0.5), 3)));
}

}  // namespace
