#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include "shoal/testing_component.h"
#include "shoal/torch/encoder.h"

namespace {

using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ThrowsMessage;

/// The encoder, built for examples (2, 3).
struct Built {
  explicit Built(std::uint64_t seed = 0) : host({.seed = seed}) { encoder.build(host.context(), {2, 3}); }
  Host host;
  Made made{host.context(), "encoder/@name@", {{"hidden", 5}, {"embedding", 4}}};
  shoal::Encoder& encoder = shoal::torch_component<shoal::Encoder>(made.object());
};

at::Tensor batch() { return at::arange(30, at::kFloat).view({5, 2, 3}) / 30; }

TEST(@class@, EmbedsOnTheUnitSphere) {
  Built built;
  EXPECT_EQ(built.encoder.embedding_size(), 4);
  const at::Tensor embedding = built.encoder.forward(batch());
  EXPECT_EQ(embedding.sizes(), (std::vector<std::int64_t>{5, 4}));
  EXPECT_TRUE(at::allclose(embedding.square().sum(1), at::ones({5})));
}

TEST(@class@, IsTwoLinearMapsWithReluBetween) {
  Built built;
  const auto& p = built.encoder.parameters();  // weight and bias of each layer
  const at::Tensor hidden = at::linear(batch().flatten(1), p[0].second, p[1].second).clamp_min(0);
  const at::Tensor out = at::linear(hidden, p[2].second, p[3].second);
  const at::Tensor embedding = built.encoder.forward(batch());
  EXPECT_TRUE(at::allclose(embedding * out.square().sum(1, true).sqrt(), out, 1e-4, 1e-6));
}

TEST(@class@, IsTheSameFromTheSameSeed) {
  Built one(1), same(1), other(2);
  EXPECT_TRUE(at::equal(one.encoder.forward(batch()), same.encoder.forward(batch())));
  EXPECT_FALSE(at::equal(one.encoder.forward(batch()), other.encoder.forward(batch())));
}

TEST(@class@, RefusesExamplesOfAnotherShape) {
  Built built;
  EXPECT_THAT(
      [&] {
        built.encoder.forward(batch().view({5, 3, 2}));
      },
      ThrowsMessage<shoal::InputError>("expected examples of shape (2, 3), got a batch (5, 3, 2)"));
}

}  // namespace
