#include "corruption.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "shoal/testing.h"

namespace {

using shoal::testing::Host;

constexpr std::int64_t kNumbers = 100 * 1000;

at::Tensor corrupted(Noise noise, double amount, std::uint64_t seed = 1, int threads = 1) {
  Host host({.threads = threads});
  return corrupt(host.context(), at::ones({100, 10, 100}), noise, amount, shoal::Random(seed));
}

TEST(Corruption, MasksAShareOfTheNumbers) {  // of 100 000 draws at 0.3 the share is off by 0.00145 (1 σ)
  const at::Tensor out = corrupted(Noise::kMasking, 0.3);
  const std::int64_t zeros = out.eq(0).sum().item<std::int64_t>();
  EXPECT_NEAR(static_cast<double>(zeros) / kNumbers, 0.3, 0.006);
  EXPECT_EQ(out.eq(1).sum().item<std::int64_t>(), kNumbers - zeros);
  EXPECT_TRUE(at::equal(corrupted(Noise::kMasking, 1), at::ones({100, 10, 100}) * 0));
}

TEST(Corruption, AddsGaussianNumbers) {  // mean off by 0.0016 (1 σ), standard deviation by 0.0011
  const at::Tensor out = corrupted(Noise::kGaussian, 0.5);
  EXPECT_NEAR(out.mean().item<float>(), 1, 0.006);
  EXPECT_NEAR(out.std().item<float>(), 0.5, 0.005);
}

TEST(Corruption, IsTheIdentityAtNone) {
  for (const Noise noise : {Noise::kMasking, Noise::kGaussian})
    EXPECT_TRUE(at::equal(corrupted(noise, 0), at::ones({100, 10, 100})));
}

TEST(Corruption, IsTheSameForAnyNumberOfThreads) {
  for (const Noise noise : {Noise::kMasking, Noise::kGaussian}) {
    EXPECT_TRUE(at::equal(corrupted(noise, 0.3, 1, 1), corrupted(noise, 0.3, 1, 3)));
    EXPECT_FALSE(at::equal(corrupted(noise, 0.3, 1), corrupted(noise, 0.3, 2)));
  }
}

TEST(Corruption, LeavesItsArgumentAsItIs) {
  Host host;
  const at::Tensor batch = at::ones({4, 5});
  corrupt(host.context(), batch, Noise::kMasking, 1, shoal::Random(1));
  EXPECT_TRUE(at::equal(batch, at::ones({4, 5})));
}

}  // namespace
