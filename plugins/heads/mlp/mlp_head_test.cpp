#include "mlp_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing.h"
#include "shoal/torch/optimizer.h"

namespace {

using shoal::testing::Host;
using ::testing::ElementsAre;

TEST(MlpHead, HasALinearLayerForEachHiddenSizeAndTheLogits) {
  Host host;
  MlpHead head({.hidden = {7, 5}});
  head.build(host.context(), 4, 3);
  std::vector<std::int64_t> sizes;
  for (const auto& [name, tensor] : head.parameters()) sizes.push_back(tensor.numel());
  EXPECT_THAT(sizes, ElementsAre(4 * 7, 7, 7 * 5, 5, 5 * 3, 3));
  EXPECT_THAT(head.forward(at::zeros({2, 4})).sizes(), ElementsAre(2, 3));
  EXPECT_FALSE(head.class_vectors().weight.defined());
}

TEST(MlpHead, NormalisesHiddenLayersOverTheBatchWhereAsked) {
  Host host;
  MlpHead head({.hidden = {7, 5}, .batch_norm = true});
  head.build(host.context(), 4, 3);
  EXPECT_EQ(head.parameters().size(), 6u + 4u);
  EXPECT_EQ(head.buffers().size(), 4u);
  const at::Tensor x = at::arange(24, at::kFloat).view({6, 4}).sin();
  head.train(true);
  // A shift of the first layer's outputs is taken out again; what is left is float32's rounding.
  const at::Tensor before = head.forward(x);
  {
    const c10::NoGradGuard no_grad;
    head.parameters()[1].second.add_(3);
  }
  EXPECT_LT((head.forward(x) - before).abs().max().item<float>(), 1e-4);
  head.train(false);
  EXPECT_FALSE(at::equal(head.forward(x), before));  // running statistics
}

TEST(MlpHead, IsReadAfterEachHiddenLayer) {
  Host host;
  MlpHead head({.hidden = {7, 5}, .batch_norm = true});
  head.build(host.context(), 4, 3);
  ASSERT_EQ(head.readouts().size(), 2u);
  EXPECT_EQ(head.readouts()[1].name, "hidden2");
  EXPECT_EQ(head.readouts()[1].features, 5);
  const at::Tensor x = at::arange(24, at::kFloat).view({6, 4}).sin();
  const auto& p = head.parameters();  // weight and bias of each layer, then those of the norms
  // Of fresh running statistics the norms only divide by √(1 + 1e-5).
  const at::Tensor first = (at::linear(x, p[0].second, p[1].second) / std::sqrt(1 + 1e-5)).relu(),
                   second = (at::linear(first, p[2].second, p[3].second) / std::sqrt(1 + 1e-5)).relu();
  EXPECT_TRUE(at::allclose(head.forward_to(0, x), first, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(head.forward_to(1, x), second, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(head.forward(x), at::linear(second, p[4].second, p[5].second), 1e-5, 1e-6));
}

TEST(MlpHead, SpreadsAShareOfTheLabelOverAllClasses) {  // equal logits: the loss is ln 4 however labels are spread
  MlpHead head({.label_smoothing = 0.2});
  EXPECT_NEAR(head.loss(at::zeros({5, 4}), at::zeros({5}, at::kLong)).item<float>(), std::log(4.0), 1e-6);
  EXPECT_NEAR(head.probabilities(at::zeros({5, 4}))[4][3].item<float>(), 0.25, 1e-7);
  // Logits (10, 0): ln(1 + e⁻¹⁰) for label 0, 10 more for label 1, of which it has half of 0.2.
  const at::Tensor sure = at::zeros({1, 2});
  sure[0][0].fill_(10);
  EXPECT_NEAR(head.loss(sure, at::zeros({1}, at::kLong)).item<float>(), std::log1p(std::exp(-10)) + 1, 1e-5);
}

TEST(MlpHead, LearnsExclusiveOrWhichALinearHeadCannot) {
  Host host;
  MlpHead head({.hidden = {16}});
  head.build(host.context(), 2, 2);
  const float corners[] = {0, 0, 0, 1, 1, 0, 1, 1};
  const std::int64_t odd[] = {0, 1, 1, 0};
  const at::Tensor x = shoal::borrowed_tensor(shoal::ConstArray(corners, {4, 2}));
  const at::Tensor labels = shoal::borrowed_tensor(shoal::ConstArray(odd, {4}));
  shoal::Optimizer optimizer(head.parameters(), {.learning_rate = 0.05});
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    head.loss(head.forward(x), labels).backward();
    optimizer.step();
  }
  EXPECT_TRUE(at::equal(head.forward(x).argmax(1), labels));
}

}  // namespace
