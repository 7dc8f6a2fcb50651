#include "conv_autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <map>

#include "shoal/testing.h"
#include "shoal/torch/optimizer.h"

namespace {

using shoal::InputError;
using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

/// Images (n, shape…) uniform in [0, 1).
at::Tensor noise(std::int64_t n, const shoal::Shape& shape) {
  at::Tensor out = at::zeros({n, shape[0], shape[1], shape[2]});
  shoal::Random random(3);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(random.uniform());
  return out;
}

std::int64_t count_parameters(const shoal::Module& module) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : module.parameters()) count += tensor.numel();
  return count;
}

TEST(ConvAutoencoder, HasTheParametersOfDcecOnMnist) {
  // Down: 32·25 + 32, 64·32·25 + 64, 128·64·9 + 128. 28 → 14 → 7 → 3, so the embedding has 1152·10 + 10, and the way
  // back begins with 10·1152 + 1152. Up: the same kernels, with biases 64, 32 and 1.
  Host host;
  ConvAutoencoder net(ConvAutoencoderParams{});
  net.build(host.context(), {1, 28, 28});
  const std::int64_t kernels = 32 * 25 + 64 * 32 * 25 + 128 * 64 * 9;
  EXPECT_EQ(count_parameters(net), 2 * kernels + (32 + 64 + 128) + (64 + 32 + 1) + 2 * 11520 + 10 + 1152);
}

TEST(ConvAutoencoder, ReturnsImagesOfAnySizeInTheirOwn) {
  Host host;
  for (const shoal::Shape& shape :
       std::vector<shoal::Shape>{{1, 28, 28}, {3, 32, 32}, {1, 30, 27}, {2, 21, 40}, {1, 29, 29}, {1, 64, 33}}) {
    SCOPED_TRACE(shoal::to_string(shape));
    ConvAutoencoder net(ConvAutoencoderParams{.channels = {4, 5, 6}, .embedding = 7});
    net.build(host.context(), shape);
    const at::Tensor images = noise(2, shape);
    const at::Tensor embedding = net.forward(images);
    EXPECT_THAT(embedding.sizes(), ElementsAre(2, 7));
    EXPECT_EQ(net.decode(embedding).sizes(), images.sizes());
  }
}

TEST(ConvAutoencoder, SaysWhichConvolutionAnImageIsTooSmallFor) {  // 6 → 3 with padding, which is odd: none for conv 2
  Host host;
  const auto build = [&](const shoal::Shape& shape) {
    return [&host, shape] { ConvAutoencoder(ConvAutoencoderParams{}).build(host.context(), shape); };
  };
  EXPECT_THAT(build({1, 6, 6}),
              ThrowsMessage<InputError>("images of 6 x 6 are too small: conv 2 needs 5 x 5, but gets 3 x 3"));
  EXPECT_THAT(build({784}), ThrowsMessage<InputError>("encoder/conv-autoencoder takes images (channels, height, "
                                                      "width), but examples have shape (784)"));
}

TEST(ConvAutoencoder, IsLinearAtTheEmbeddingAndTheReconstruction) {  // below 0 somewhere: no ReLU at either end
  Host host;
  ConvAutoencoder net(ConvAutoencoderParams{.channels = {4}, .kernels = {3}, .embedding = 5});
  net.build(host.context(), {1, 8, 8});
  const at::Tensor embedding = net.forward(noise(50, {1, 8, 8}));
  EXPECT_LT(embedding.min().item<float>(), 0);
  EXPECT_LT(net.decode(embedding).min().item<float>(), 0);
}

TEST(ConvAutoencoder, IsReadAfterEachConvolutionOfTheWayDown) {  // 8 × 6, then 4 × 3, which is odd, then 1 × 1
  Host host;
  ConvAutoencoder net(ConvAutoencoderParams{.channels = {4, 5}, .kernels = {3, 3}, .embedding = 7});
  net.build(host.context(), {1, 8, 6});
  ASSERT_EQ(net.readouts().size(), 2u);
  EXPECT_EQ(net.readouts()[0].features, 4 * 4 * 3);
  EXPECT_EQ(net.readouts()[1].name, "conv2");
  std::map<std::string, at::Tensor> by_name;
  for (const auto& [name, tensor] : net.parameters()) by_name[name] = tensor.detach();
  const at::Tensor images = noise(3, {1, 8, 6});
  const at::Tensor first = at::relu(at::conv2d(images, by_name["conv1.weight"], by_name["conv1.bias"], 2, 1));
  EXPECT_TRUE(at::allclose(net.forward_to(0, images), first.flatten(1), 1e-5, 1e-6));
  const at::Tensor second = net.forward_to(1, images);
  EXPECT_THAT(second.sizes(), ElementsAre(3, net.readouts()[1].features));
  EXPECT_TRUE(at::allclose(net.forward(images),
                           at::linear(second, by_name["to_embedding.weight"], by_name["to_embedding.bias"]), 1e-5,
                           1e-6));
}

TEST(ConvAutoencoder, OverfitsSixteenImages) {
  Host host;
  ConvAutoencoder net(ConvAutoencoderParams{.channels = {16, 32}, .kernels = {3, 3}, .embedding = 16});
  net.build(host.context(), {1, 8, 8});
  const at::Tensor images = noise(16, {1, 8, 8});
  shoal::Optimizer optimizer(net.parameters(), {.learning_rate = 3e-3});
  for (int step = 0; step < 500; ++step) {
    optimizer.zero_grad();
    at::mse_loss(net.decode(net.forward(images)), images).backward();
    optimizer.step();
  }
  // The images' own variance is 1/12.
  EXPECT_LT(at::mse_loss(net.decode(net.forward(images)), images).item<float>(), 0.01 / 12);
}

TEST(ConvAutoencoder, IsTheSameFromTheSameSeed) {
  const auto weight = [](std::uint64_t seed) {
    Host host({.seed = seed});
    ConvAutoencoder net(ConvAutoencoderParams{});
    net.build(host.context(), {1, 28, 28});
    return net.parameters().front().second.detach();
  };
  EXPECT_TRUE(at::equal(weight(1), weight(1)));
  EXPECT_FALSE(at::equal(weight(1), weight(2)));
}

TEST(ConvAutoencoder, NeedsAnOddKernelForEachConvolution) {
  ConvAutoencoderParams params;
  params.channels = {4, 8};
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<InputError>("'channels' names 2 convolutions, but 'kernels' 3"));
  params.kernels = {3, 4};
  EXPECT_THAT([&] { params.check(); },
              ThrowsMessage<InputError>("'kernels' must be odd, so that padding can be even, but one is 4"));
}

}  // namespace
