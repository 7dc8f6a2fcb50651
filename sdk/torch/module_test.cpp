#include "shoal/torch/module.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <cmath>

namespace shoal {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

std::vector<float> values(const at::Tensor& x) {
  const at::Tensor flat = x.detach().contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

at::Tensor counted(at::IntArrayRef shape) {  // 0, 1, 2, …
  std::int64_t size = 1;
  for (const std::int64_t n : shape) size *= n;
  return at::arange(size, at::kFloat).view(shape);
}

TEST(Module, KeepsTensorsByNameInTheOrderTheyCame) {
  Module module;
  const at::Tensor weight = module.add_parameter("weight", at::zeros({2}));
  module.add_buffer("mean", at::zeros({3}));
  ASSERT_EQ(module.parameters().size(), 1u);
  EXPECT_EQ(module.parameters()[0].first, "weight");
  EXPECT_TRUE(module.parameters()[0].second.is_same(weight));
  EXPECT_TRUE(weight.requires_grad());
  EXPECT_FALSE(module.buffers()[0].second.requires_grad());
  ASSERT_EQ(module.state().size(), 2u);
  EXPECT_TRUE(module.state()[0].second.is_same(weight));
  EXPECT_EQ(module.state()[1].first, "mean");
  EXPECT_THAT([&] { module.add_buffer("weight", at::zeros({1})); },
              ThrowsMessage<InputError>("there is a tensor named 'weight' already"));
}

TEST(CopyState, CopiesValuesAndNamesWhatDiffers) {
  const NamedTensors from{{"a", at::ones({2, 2})}};
  const NamedTensors to{{"a", at::zeros({2, 2})}};
  copy_state(from, to);
  EXPECT_TRUE(at::equal(to[0].second, from[0].second));
  EXPECT_FALSE(to[0].second.is_alias_of(from[0].second));

  const auto copy_to = [&](NamedTensors target) { return [&from, target] { copy_state(from, target); }; };
  EXPECT_THAT(copy_to({{"b", at::zeros({2, 2})}}), ThrowsMessage<InputError>("expected tensor 'b', got 'a'"));
  EXPECT_THAT(copy_to({{"a", at::zeros({2, 3})}}),
              ThrowsMessage<InputError>("tensor 'a' must have shape (2, 3), but the one given has (2, 2)"));
  EXPECT_THAT(copy_to({}), ThrowsMessage<InputError>("expected a state of 0 tensors, got 1"));
}

TEST(UpdateAverage, MovesParametersByAShareAndCopiesBuffers) {
  Module trained, average;
  trained.add_parameter("weight", at::full({2}, 5.0));
  trained.add_buffer("mean", at::full({1}, 7.0));
  average.add_parameter("weight", at::ones({2}));
  average.add_buffer("mean", at::zeros({1}));
  update_average(trained, average, 0.75);
  EXPECT_THAT(values(average.parameters()[0].second), ElementsAre(2, 2));  // ¾·1 + ¼·5
  EXPECT_THAT(values(average.buffers()[0].second), ElementsAre(7));
  EXPECT_THAT(values(trained.parameters()[0].second), ElementsAre(5, 5));
}

TEST(Linear, IsXTimesWeightTransposedPlusBias) {  // (1, 2)·(0, 1; 2, 3)ᵀ + (10, 20) = (2, 8) + (10, 20)
  const Linear linear{counted({2, 2}), counted({2}) * 10 + 10};
  EXPECT_THAT(values(linear(counted({1, 2}) + 1)), ElementsAre(12, 28));
}

TEST(Linear, BeginsUniformWithinOneOverTheRootOfItsInputs) {
  Module module;
  const Linear linear = add_linear(module, "fc", 100, 5000, Random(1));
  EXPECT_LE(linear.weight.abs().max().item<float>(), 0.1f);
  EXPECT_GT(linear.bias.abs().max().item<float>(), 0.0999f);  // of 5000 draws none this near: e⁻⁵
  // The variance of a uniform on ±b is b²/3; half a million draws miss it by 0.13 % (1 σ).
  const at::Tensor variance = linear.weight.var();
  EXPECT_NEAR(variance.item<float>() * 300, 1, 0.01);
  EXPECT_EQ(module.parameters()[1].first, "fc.bias");
}

TEST(Linear, BeginsTheSameFromTheSameStreamAlone) {
  const auto weight = [](std::uint64_t key) {
    Module module;
    return add_linear(module, "fc", 3, 4, Random(key)).weight.detach();
  };
  EXPECT_TRUE(at::equal(weight(1), weight(1)));
  EXPECT_FALSE(at::equal(weight(1), weight(2)));
}

TEST(Conv2d, IsTheCrossCorrelation) {
  // 3 × 3 image 0 … 8 with kernel (0, 1; 2, 3): top left 0·0 + 1·1 + 2·3 + 3·4 = 19; a step right or down adds 6 or 18.
  const Conv2d conv{counted({1, 1, 2, 2}), counted({1}) + 100, /*padding=*/0};
  EXPECT_THAT(values(conv(counted({1, 1, 3, 3}))), ElementsAre(119, 125, 137, 143));
}

TEST(Conv2d, PadsWithZeros) {  // a kernel of ones counts how much of it lies in the image
  const Conv2d conv{at::ones({1, 1, 3, 3}), {}, /*padding=*/1};
  EXPECT_THAT(values(conv(at::ones({1, 1, 2, 3}))), ElementsAre(4, 6, 4, 4, 6, 4));
}

TEST(Conv2d, TakesEveryStrideThPlace) {  // a kernel of ones, stride 2, on 0 … 15: sums of the four 2 × 2 tiles
  const Conv2d conv{at::ones({1, 1, 2, 2}), {}, /*padding=*/0, /*stride=*/2};
  EXPECT_THAT(values(conv(counted({1, 1, 4, 4}))), ElementsAre(10, 18, 42, 50));
}

TEST(ConvTranspose2d, SpreadsEachNumberByTheKernel) {
  // 1, 2 with a kernel of (1, 2; 3, 4), stride 2, bias 10: tiles 1·kernel and 2·kernel side by side.
  const ConvTranspose2d layer{counted({1, 1, 2, 2}) + 1, counted({1}) + 10, /*padding=*/0, /*stride=*/2};
  EXPECT_THAT(values(layer(counted({1, 1, 1, 2}) + 1, 2, 4)), ElementsAre(11, 12, 12, 14, 13, 14, 16, 18));
}

TEST(ConvTranspose2d, IsTheTransposeOfTheConvolution) {  // ⟨conv(x), y⟩ = ⟨x, transpose(y)⟩, for odd and even sizes
  const auto wave = [](at::IntArrayRef shape, double step) { return (counted(shape) * step).sin(); };
  for (const Index size : {7, 8}) {
    const at::Tensor weight = wave({3, 2, 3, 3}, 0.7);
    const Conv2d conv{weight, {}, /*padding=*/1, /*stride=*/2};
    const ConvTranspose2d transpose{weight, {}, /*padding=*/1, /*stride=*/2};
    const at::Tensor x = wave({1, 2, size, size}, 0.3), y = wave({1, 3, 4, 4}, 1.1);
    const at::Tensor back = transpose(y, size, size);
    ASSERT_EQ(back.sizes(), x.sizes());
    const double forward = (conv(x) * y).sum().item<double>();
    EXPECT_NEAR((back * x).sum().item<double>(), forward, 1e-4 * std::abs(forward));
  }
}

TEST(ConvTranspose2d, RefusesASizeThatDoesNotBecomeTheInputs) {
  const ConvTranspose2d layer{at::ones({1, 1, 3, 3}), {}, /*padding=*/1, /*stride=*/2};
  EXPECT_THAT(
      [&] {
        layer(at::ones({1, 1, 4, 4}), 9, 8);
      },
      ThrowsMessage<InputError>(
          "9 x 8 cannot be what a convolution of kernel 3, stride 2 and padding 1 made 4 x 4 of"));
}

TEST(ConvTranspose2d, BeginsUniformWithinOneOverTheRootOfItsOutputsAndKernel) {
  Module module;
  const auto layer = add_conv_transpose2d(module, "up", {.in = 8, .out = 4, .kernel = 3, .stride = 2}, Random(1));
  EXPECT_THAT(layer.weight.sizes(), ElementsAre(8, 4, 3, 3));
  EXPECT_LE(layer.weight.abs().max().item<float>(), 1 / 6.f);  // 1/√(4·9)
  EXPECT_GT(layer.weight.abs().max().item<float>(), 0.16f);    // of 288 draws none this near: (0.16·6)^288
  EXPECT_EQ(layer.stride, 2);
  EXPECT_THAT([&] { add_conv_transpose2d(module, "still", {.stride = 0}, Random(1)); },
              ThrowsMessage<InputError>(
                  "'still' needs at least 1 input, 1 output, a kernel of 1 and a stride of 1, got 1, 1, 3 and 0"));
}

TEST(Conv2d, KeepsItsWeightAsChannelsLastWithTheDrawsInOrderOfIndices) {
  Module module;
  const Conv2d conv = add_conv2d(module, "conv", {.in = 4, .out = 8, .kernel = 3}, Random(1));
  EXPECT_TRUE(conv.weight.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_LE(conv.weight.abs().max().item<float>(), 1 / 6.f);  // 1/√(4·9)
  Random draws = Random(1).fork("conv.weight");
  EXPECT_EQ(conv.weight[0][0][0][0].item<float>(), static_cast<float>(draws.uniform(-1 / 6., 1 / 6.)));
  EXPECT_EQ(conv.weight[0][0][0][1].item<float>(), static_cast<float>(draws.uniform(-1 / 6., 1 / 6.)));
  EXPECT_FALSE(add_conv2d(module, "bare", {.bias = false}, Random(1)).bias.defined());
}

TEST(Conv2d, GivesChannelsLastOfOneChannelToo) {  // whose examples lie in both orders at once, and so decide nothing
  Module module;
  const Conv2d conv = add_conv2d(module, "conv", {.in = 1, .out = 8, .padding = 1}, Random(1));
  EXPECT_EQ(conv(at::ones({2, 1, 5, 5})).suggest_memory_format(), at::MemoryFormat::ChannelsLast);
}

TEST(BatchNorm, UsesTheBatchInTrainingAndTheRunningNumbersElse) {
  Module module;
  const BatchNorm norm = add_batch_norm(module, "bn", 1);
  // 0, 2: mean 1, variance 1 (2 without bias). Running: 0.9·0 + 0.1·1 and 0.9·1 + 0.1·2.
  const std::vector<float> trained = values(norm(counted({2, 1}) * 2, /*training=*/true));
  EXPECT_NEAR(trained[0], -1, 1e-5);
  EXPECT_NEAR(trained[1], 1, 1e-5);
  EXPECT_FLOAT_EQ(norm.running_mean.item<float>(), 0.1f);
  EXPECT_FLOAT_EQ(norm.running_var.item<float>(), 1.1f);
  const std::vector<float> used = values(norm(counted({2, 1}) * 2, /*training=*/false));
  EXPECT_NEAR(used[1], 1.9 / std::sqrt(1.1 + 1e-5), 1e-6);
}

TEST(BatchNorm, RefusesToTrainOnOneValue) {
  Module module;
  const BatchNorm norm = add_batch_norm(module, "bn", 3);
  EXPECT_THAT(
      [&] {
        norm(at::ones({1, 3}), true);
      },
      ThrowsMessage<InputError>(
          "batch norm in training needs more than 1 value of each channel, got a batch of shape (1, 3)"));
  EXPECT_NO_THROW(norm(at::ones({1, 3}), false));
}

}  // namespace
}  // namespace shoal
