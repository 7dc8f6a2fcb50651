#include "convnet.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "shoal/testing.h"
#include "shoal/torch/optimizer.h"
#include "sobel.h"

namespace {

using shoal::InputError;
using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

const shoal::Shape kMnist{1, 28, 28};

/// Images (n, shape…) uniform in [0, 1).
at::Tensor noise(std::int64_t n, const shoal::Shape& shape) {
  at::Tensor out = at::zeros({n, shape[0], shape[1], shape[2]});
  shoal::Random random(3);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(random.uniform());
  return out;
}

std::int64_t count_parameters(const shoal::Module& module, const std::string& prefix) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : module.parameters())
    if (name.starts_with(prefix)) count += tensor.numel();
  return count;
}

TEST(ConvNet, HasTheParametersOfItsLayers) {
  // 8·9 + 8, 16·8·9 + 16, 32·16·9 + 32, 16·32·9 + 16 are 10 512; two pools leave 16·7·7 = 784: 784·128 + 128 = 100 480.
  Host host;
  ConvNet net(ConvNetParams{});
  net.build(host.context(), kMnist);
  EXPECT_EQ(count_parameters(net, "conv"), 10512);
  EXPECT_EQ(count_parameters(net, "linear"), 100480);
  EXPECT_EQ(net.buffers().size(), 0u);
  EXPECT_EQ(net.embedding_size(), 128);
}

TEST(ConvNet, WithBatchNormHasNoBiasInConvolutions) {
  Host host;
  ConvNet net(ConvNetParams{.batch_norm = true});
  net.build(host.context(), kMnist);
  EXPECT_EQ(count_parameters(net, "conv"), 10512 - (8 + 16 + 32 + 16));
  EXPECT_EQ(count_parameters(net, "norm"), 2 * (8 + 16 + 32 + 16));
  EXPECT_EQ(net.buffers().size(), 10u);  // mean and variance of four convolutions and the linear layer
}

TEST(ConvNet, EmbedsAnyImageThatFitsAsNumbersFrom0) {
  Host host;
  const auto shape_of = [&](const ConvNetParams& params, const shoal::Shape& example) {
    ConvNet net(params);
    net.build(host.context(), example);
    net.train(true);
    const at::Tensor embedding = net.forward(noise(3, example));
    EXPECT_GE(embedding.min().item<float>(), 0);
    EXPECT_EQ(embedding.size(1), net.embedding_size());
    return embedding.sizes().vec();
  };
  EXPECT_THAT(shape_of({}, kMnist), ElementsAre(3, 128));
  EXPECT_THAT(shape_of({.embedding = 5, .batch_norm = true, .stem = Stem::kSobel}, {3, 32, 20}), ElementsAre(3, 5));
  // Without padding 28 → 26 → 13 → 11 → 5 → 3 → 1: just enough.
  EXPECT_THAT(shape_of({.padding = Padding::kNone}, kMnist), ElementsAre(3, 128));
  EXPECT_THAT(shape_of({.channels = {4}, .kernel = 2, .padding = Padding::kNone, .pool_after = {}}, {1, 2, 2}),
              ElementsAre(3, 128));
}

TEST(ConvNet, IsReadAfterEachConvolution) {
  // 12 × 9, after the first pool 6 × 4, after the second 3 × 2.
  Host host;
  ConvNet net(ConvNetParams{.channels = {3, 5, 2}, .pool_after = {1, 3}, .embedding = 4, .batch_norm = true});
  net.build(host.context(), {1, 12, 9});
  const auto places = net.readouts();
  ASSERT_EQ(places.size(), 3u);
  EXPECT_EQ(places[0].name, "conv1");
  EXPECT_EQ(places[2].name, "conv3");
  const at::Tensor images = noise(6, {1, 12, 9});
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < places.size(); ++i) {
    sizes.push_back(places[i].features);
    EXPECT_THAT(net.forward_to(i, images).sizes(), ElementsAre(6, places[i].features));
  }
  EXPECT_THAT(sizes, ElementsAre(3 * 6 * 4, 5 * 6 * 4, 2 * 3 * 2));

  // Layer by layer with the parameters by name; of fresh running statistics the norms only divide by √(1 + 1e-5).
  std::map<std::string, at::Tensor> by_name;
  for (const auto& [name, tensor] : net.parameters()) by_name[name] = tensor.detach();
  const double norm = 1 / std::sqrt(1 + 1e-5);
  const at::Tensor first =
      at::relu(at::max_pool2d(norm * at::conv2d(images, by_name["conv1.weight"], {}, 1, 1), {2, 2}));
  EXPECT_TRUE(at::allclose(net.forward_to(0, images), first.flatten(1), 1e-5, 1e-6));
  const at::Tensor embedding =
      at::relu(norm * at::linear(net.forward_to(2, images), by_name["linear.weight"], by_name["linear.bias"]));
  EXPECT_TRUE(at::allclose(net.forward(images), embedding, 1e-5, 1e-6));
}

TEST(ConvNet, IsReadInTheModeThatItIsIn) {  // so that running statistics are as after a whole pass
  Host host;
  ConvNet net(ConvNetParams{.channels = {3, 5}, .pool_after = {1}, .embedding = 4, .batch_norm = true});
  net.build(host.context(), {1, 8, 8});
  const auto mean = [&] { return net.buffers()[0].second.clone(); };
  const at::Tensor before = mean();
  net.forward_to(1, noise(6, {1, 8, 8}));
  EXPECT_TRUE(at::equal(mean(), before));
  net.train(true);
  net.forward_to(1, noise(6, {1, 8, 8}));
  EXPECT_FALSE(at::equal(mean(), before));
}

TEST(ConvNet, IsTheSameFromTheSameSeed) {
  const auto embedding = [](std::uint64_t seed) {
    Host host({.seed = seed});
    ConvNet net(ConvNetParams{});
    net.build(host.context(), kMnist);
    return net.forward(noise(2, kMnist)).detach();
  };
  EXPECT_TRUE(at::equal(embedding(1), embedding(1)));
  EXPECT_FALSE(at::equal(embedding(1), embedding(2)));
}

TEST(ConvNet, LearnsSixteenImagesOfNoiseByHeart) {
  Host host;
  for (const bool batch_norm : {false, true}) {
    ConvNet net(ConvNetParams{.batch_norm = batch_norm});
    net.build(host.context(), kMnist);
    net.train(true);
    shoal::Module head;
    const shoal::Linear linear = add_linear(head, "linear", net.embedding_size(), 16, shoal::Random(1));
    shoal::NamedTensors parameters = net.parameters();
    parameters.insert(parameters.end(), head.parameters().begin(), head.parameters().end());
    shoal::Optimizer optimizer(parameters, {.learning_rate = 3e-3});
    const at::Tensor images = noise(16, kMnist);
    const at::Tensor labels = at::arange(16, at::kLong);
    const auto logits = [&] { return linear(net.forward(images)); };
    for (int step = 0; step < 100; ++step) {
      optimizer.zero_grad();
      at::cross_entropy_loss(logits(), labels).backward();
      optimizer.step();
    }
    EXPECT_TRUE(at::equal(logits().argmax(1), labels)) << "batch norm " << batch_norm;
  }
}

TEST(ConvNet, RefusesExamplesItCannotTake) {
  const auto build = [](const ConvNetParams& params, const shoal::Shape& example) {
    return [=] {
      Host host;
      ConvNet(params).build(host.context(), example);
    };
  };
  EXPECT_THAT(build({}, {784}),
              ThrowsMessage<InputError>(
                  "encoder/convnet takes images (channels, height, width), but examples have shape (784)"));
  EXPECT_THAT(build({}, {1, 3, 9}),
              ThrowsMessage<InputError>("images of 3 x 9 are too small: the pool after conv 2 needs "
                                        "2 x 2, but gets 1 x 4"));
  EXPECT_THAT(
      build({.padding = Padding::kNone}, {1, 9, 28}),
      ThrowsMessage<InputError>("images of 9 x 28 are too small: the pool after conv 2 needs 2 x 2, but gets 1 x 11"));
  EXPECT_THAT(build({.kernel = 7, .padding = Padding::kNone}, {1, 6, 28}),
              ThrowsMessage<InputError>("images of 6 x 28 are too small: conv 1 needs 7 x 7, but gets 6 x 28"));
}

TEST(ConvNet, RefusesABatchOfAnotherShape) {
  Host host;
  ConvNet net(ConvNetParams{});
  net.build(host.context(), kMnist);
  EXPECT_THAT(
      [&] {
        net.forward(noise(2, {1, 14, 28}));
      },
      ThrowsMessage<InputError>("expected examples of shape (1, 28, 28), got a batch (2, 1, 14, 28)"));
}

TEST(ConvNetParams, RefusesWhatDoesNotGoTogether) {
  const auto check = [](const ConvNetParams& params) { return [=] { params.check(); }; };
  EXPECT_NO_THROW(ConvNetParams{}.check());
  EXPECT_THAT(check({.channels = {}}),
              ThrowsMessage<InputError>("'channels' must name at least 1 convolution, but is empty"));
  EXPECT_THAT(check({.kernel = 4}), ThrowsMessage<InputError>("'kernel' must be odd for padding 'same', but is 4"));
  EXPECT_THAT(check({.pool_after = {5}}),
              ThrowsMessage<InputError>("'pool_after' must name convolutions from 1 to 4, but names 5"));
  EXPECT_THAT(check({.pool_after = {2, 2}}), ThrowsMessage<InputError>("'pool_after' names convolution 2 twice"));
}

TEST(Sobel, IsZeroOnAConstant) {
  EXPECT_EQ(sobel(at::full({2, 3, 5, 6}, 0.75), sobel_kernels()).abs().max().item<float>(), 0);
}

TEST(Sobel, IsEightTimesTheSlopeOfARamp) {  // the rows weigh 1 + 2 + 1, and the columns lie 2 apart
  const at::Tensor ramp = at::arange(6, at::kFloat).expand({1, 1, 5, 6}) * 0.25;
  const at::Tensor found = sobel(ramp, sobel_kernels());
  EXPECT_TRUE(at::equal(found[0][0].slice(1, 1, 5), at::full({5, 4}, 2.0)));
  EXPECT_EQ(found[0][0][2][0].item<float>(), 1);  // at the border the repeated pixel halves the step
  EXPECT_TRUE(at::equal(found[0][1], at::zeros({5, 6})));
  const at::Tensor down = sobel(ramp.transpose(2, 3), sobel_kernels());
  EXPECT_TRUE(at::equal(down[0][1], found[0][0].t()));
}

}  // namespace
