#include "autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/testing.h"
#include "shoal/torch/optimizer.h"

namespace {

using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

/// Images (n, 1, 6, 5) uniform in [0, 1).
at::Tensor noise(std::int64_t n) {
  at::Tensor out = at::zeros({n, 1, 6, 5});
  shoal::Random random(3);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(random.uniform());
  return out;
}

TEST(Autoencoder, MirrorsItsLayers) {
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {7, 5}, .embedding = 3});
  net.build(host.context(), {2, 4});
  std::vector<std::string> names;
  std::vector<std::int64_t> sizes;
  for (const auto& [name, tensor] : net.parameters()) names.push_back(name), sizes.push_back(tensor.numel());
  EXPECT_THAT(sizes, ElementsAre(8 * 7, 7, 7 * 5, 5, 5 * 3, 3, 3 * 5, 5, 5 * 7, 7, 7 * 8, 8));
  EXPECT_EQ(names[4], "encoder3.weight");
  EXPECT_EQ(names[6], "decoder1.weight");
}

TEST(Autoencoder, HasTheSizesOfDeepEmbeddedClusteringUnlessToldOtherwise) {  // 784-500-500-2000-10
  Host host;
  Autoencoder net(AutoencoderParams{});
  net.build(host.context(), {1, 28, 28});
  std::int64_t count = 0;
  for (const auto& [name, tensor] : net.parameters()) count += tensor.numel();
  const std::int64_t weights = 784 * 500 + 500 * 500 + 500 * 2000 + 2000 * 10;
  EXPECT_EQ(count, 2 * weights + (500 + 500 + 2000 + 10) + (2000 + 500 + 500 + 784));
  EXPECT_EQ(net.embedding_size(), 10);
}

TEST(Autoencoder, DecodesToTheShapeOfTheExamples) {
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {8}, .embedding = 3});
  net.build(host.context(), {1, 6, 5});
  const at::Tensor embedding = net.forward(noise(4));
  EXPECT_THAT(embedding.sizes(), ElementsAre(4, 3));
  EXPECT_THAT(net.decode(embedding).sizes(), ElementsAre(4, 1, 6, 5));
}

TEST(Autoencoder, IsLinearAtTheEmbeddingAndTheReconstruction) {  // below 0 somewhere: no ReLU at either end
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {8}, .embedding = 3});
  net.build(host.context(), {1, 6, 5});
  const at::Tensor embedding = net.forward(noise(50));
  EXPECT_LT(embedding.min().item<float>(), 0);
  EXPECT_LT(net.decode(embedding).min().item<float>(), 0);
}

TEST(Autoencoder, IsLinearThroughoutWithoutHiddenLayers) {  // f(a) + f(b) = f(a + b) + f(0), both ways
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {}, .embedding = 3});
  net.build(host.context(), {1, 6, 5});
  const auto through = [&](const at::Tensor& x) { return net.decode(net.forward(x)); };
  const at::Tensor images = noise(2), a = images.narrow(0, 0, 1), b = images.narrow(0, 1, 1);
  const at::Tensor difference = through(a) + through(b) - through(a + b) - through(a - a);
  EXPECT_LT(difference.abs().max().item<float>(), 1e-5);
}

TEST(Autoencoder, IsReadAfterEachHiddenLayerOfTheWayDown) {
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {8, 6}, .embedding = 3});
  net.build(host.context(), {1, 6, 5});
  ASSERT_EQ(net.readouts().size(), 2u);
  EXPECT_EQ(net.readouts()[0].name, "hidden1");
  EXPECT_EQ(net.readouts()[1].features, 6);
  const auto& p = net.parameters();  // weight and bias of each layer
  const at::Tensor images = noise(4), first = at::linear(images.flatten(1), p[0].second, p[1].second).relu(),
                   second = at::linear(first, p[2].second, p[3].second).relu();
  EXPECT_TRUE(at::allclose(net.forward_to(0, images), first));
  EXPECT_TRUE(at::allclose(net.forward_to(1, images), second));
  EXPECT_TRUE(at::allclose(net.forward(images), at::linear(second, p[4].second, p[5].second)));
}

TEST(Autoencoder, OverfitsSixteenImages) {
  Host host;
  Autoencoder net(AutoencoderParams{.hidden = {64, 64}, .embedding = 10});
  net.build(host.context(), {1, 6, 5});
  const at::Tensor images = noise(16);
  shoal::Optimizer optimizer(net.parameters(), {.learning_rate = 3e-3});
  for (int step = 0; step < 800; ++step) {
    optimizer.zero_grad();
    at::mse_loss(net.decode(net.forward(images)), images).backward();
    optimizer.step();
  }
  // The images' own variance is 1/12.
  EXPECT_LT(at::mse_loss(net.decode(net.forward(images)), images).item<float>(), 1e-4 / 12);
}

TEST(Autoencoder, IsTheSameFromTheSameSeed) {
  const auto last = [](std::uint64_t seed) {
    Host host({.seed = seed});
    Autoencoder net(AutoencoderParams{});
    net.build(host.context(), {10});
    return net.parameters().back().second.detach();
  };
  EXPECT_TRUE(at::equal(last(1), last(1)));
  EXPECT_FALSE(at::equal(last(1), last(2)));
}

TEST(Autoencoder, RefusesOtherShapes) {
  Host host;
  Autoencoder net(AutoencoderParams{});
  net.build(host.context(), {2, 4});
  EXPECT_THAT(
      [&] {
        net.forward(at::zeros({6, 4, 2}));
      },
      ThrowsMessage<shoal::InputError>("expected examples of shape (2, 4), got a batch (6, 4, 2)"));
  EXPECT_THAT(
      [&] {
        net.decode(at::zeros({6, 11}));
      },
      ThrowsMessage<shoal::InputError>("expected embeddings (B, 10), got (6, 11)"));
}

}  // namespace
