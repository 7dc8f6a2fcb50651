#include "mlp.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/testing.h"

namespace {

using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

TEST(Mlp, HasALinearLayerForEachHiddenSizeAndTheEmbedding) {
  Host host;
  Mlp mlp(MlpParams{.hidden = {7, 5}, .embedding = 3});
  mlp.build(host.context(), {2, 4});
  std::vector<std::int64_t> sizes;
  for (const auto& [name, tensor] : mlp.parameters()) sizes.push_back(tensor.numel());
  EXPECT_THAT(sizes, ElementsAre(8 * 7, 7, 7 * 5, 5, 5 * 3, 3));
  EXPECT_THAT(mlp.forward(at::zeros({6, 2, 4})).sizes(), ElementsAre(6, 3));
}

TEST(Mlp, IsReluOfALinearMapWithoutHiddenLayers) {
  Host host;
  Mlp mlp(MlpParams{.embedding = 2});
  mlp.build(host.context(), {2});
  // Rows (1, 2) and (−1, 0), bias (0, 0.5): (3, 4) → (11, −2.5) → (11, 0).
  const at::Tensor weight = mlp.parameters()[0].second.detach(), bias = mlp.parameters()[1].second.detach();
  weight[0][0].fill_(1), weight[0][1].fill_(2), weight[1][0].fill_(-1), weight[1][1].fill_(0);
  bias[0].fill_(0), bias[1].fill_(0.5);
  const at::Tensor embedding = mlp.forward(at::arange(3, 5, at::kFloat).view({1, 2}));
  EXPECT_EQ(embedding[0][0].item<float>(), 11);
  EXPECT_EQ(embedding[0][1].item<float>(), 0);
}

TEST(Mlp, NormalisesBeforeReluWhereAsked) {  // of values normalised to mean 0 about half are 0 after ReLU
  Host host;
  Mlp mlp(MlpParams{.hidden = {4}, .embedding = 3, .batch_norm = true});
  mlp.build(host.context(), {5});
  EXPECT_EQ(mlp.buffers().size(), 4u);
  mlp.train(true);
  const at::Tensor embedding = mlp.forward(at::arange(50, at::kFloat).view({10, 5}));
  for (std::int64_t j = 0; j < 3; ++j) EXPECT_EQ(embedding.select(1, j).min().item<float>(), 0);
}

TEST(Mlp, IsReadAfterEachHiddenLayer) {
  Host host;
  Mlp mlp(MlpParams{.hidden = {7, 5}, .embedding = 3});
  mlp.build(host.context(), {2, 4});
  ASSERT_EQ(mlp.readouts().size(), 2u);
  EXPECT_EQ(mlp.readouts()[1].name, "hidden2");
  EXPECT_EQ(mlp.readouts()[1].features, 5);
  const at::Tensor x = at::arange(48, at::kFloat).view({6, 2, 4}) / 48;
  const auto& p = mlp.parameters();  // weight and bias of each layer
  at::Tensor y = x.flatten(1);
  for (std::size_t layer = 0; layer < 3; ++layer) {
    y = at::linear(y, p[2 * layer].second, p[2 * layer + 1].second).relu();
    EXPECT_TRUE(at::allclose(layer < 2 ? mlp.forward_to(layer, x) : mlp.forward(x), y)) << layer;
  }
  EXPECT_TRUE(Mlp(MlpParams{}).readouts().empty());
}

TEST(Mlp, IsTheSameFromTheSameSeed) {
  const auto first = [](std::uint64_t seed) {
    Host host({.seed = seed});
    Mlp mlp(MlpParams{});
    mlp.build(host.context(), {10});
    return mlp.parameters()[0].second.detach();
  };
  EXPECT_TRUE(at::equal(first(1), first(1)));
  EXPECT_FALSE(at::equal(first(1), first(2)));
}

TEST(Mlp, RefusesABatchOfAnotherShape) {
  Host host;
  Mlp mlp(MlpParams{});
  mlp.build(host.context(), {2, 4});
  EXPECT_THAT(
      [&] {
        mlp.forward(at::zeros({6, 4, 2}));
      },
      ThrowsMessage<shoal::InputError>("expected examples of shape (2, 4), got a batch (6, 4, 2)"));
}

}  // namespace
