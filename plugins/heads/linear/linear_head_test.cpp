#include "linear_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace {

using shoal::Index;
using shoal::testing::Host;
using ::testing::ElementsAre;

/// Logits (ln 1, ln 2, ln 5), and label 2: probabilities are 1/8, 2/8 and 5/8.
at::Tensor logits() {
  const at::Tensor out = at::zeros({1, 3});
  out[0][1].fill_(std::log(2.0));
  out[0][2].fill_(std::log(5.0));
  return out;
}
const std::int64_t kLabel = 2;
at::Tensor label() { return shoal::borrowed_tensor(shoal::ConstArray(&kLabel, {1})); }

TEST(LinearHead, LendsItsClassVectors) {
  Host host;
  LinearHead head({});
  head.build(host.context(), 4, 3);
  const auto vectors = head.class_vectors();
  EXPECT_THAT(vectors.weight.sizes(), ElementsAre(3, 4));
  const at::Tensor x = at::arange(8, at::kFloat).view({2, 4});
  EXPECT_TRUE(at::equal(head.forward(x), at::linear(x, vectors.weight, vectors.bias)));
  EXPECT_TRUE(vectors.weight.is_same(head.parameters()[0].second));  // setting them sets the head
}

TEST(LinearHead, HasSoftmaxAndCrossEntropy) {
  LinearHead head({});
  const at::Tensor p = head.probabilities(logits());
  EXPECT_NEAR(p[0][0].item<float>(), 0.125, 1e-6);
  EXPECT_NEAR(p[0][2].item<float>(), 0.625, 1e-6);
  EXPECT_NEAR(head.loss(logits(), label()).item<float>(), -std::log(0.625), 1e-6);
}

TEST(LinearHead, SpreadsAShareOfTheLabelOverAllClasses) {  // 0.7 on the label, 0.1 on each of three
  LinearHead head({.label_smoothing = 0.3});
  const double spread = -0.1 * (std::log(0.125) + std::log(0.25) + std::log(0.625));
  EXPECT_NEAR(head.loss(logits(), label()).item<float>(), -0.7 * std::log(0.625) + spread, 1e-6);
}

TEST(LinearHead, IsTheSameFromTheSameSeed) {
  const auto weight = [](std::uint64_t seed) {
    Host host({.seed = seed});
    LinearHead head({});
    head.build(host.context(), 4, 3);
    return head.class_vectors().weight.detach();
  };
  EXPECT_TRUE(at::equal(weight(1), weight(1)));
  EXPECT_FALSE(at::equal(weight(1), weight(2)));
}

TEST(LinearHead, BeginsNearGuessingWhereItsWeightsAreSmall) {  // DeepCluster's N(0, .01)
  Host host;
  LinearHead head({.init_std = 0.01});
  const Index embedding = 128, classes = 100, n = 500;
  head.build(host.context(), embedding, classes);
  const auto vectors = head.class_vectors();
  // 12800 weights: the deviation of their deviation is 0.01/√25600.
  EXPECT_NEAR(vectors.weight.square().mean().sqrt().item<double>(), 0.01, 5 * 0.01 / 160);
  EXPECT_NEAR(vectors.weight.mean().item<double>(), 0, 5 * 0.01 / 113);
  EXPECT_EQ(vectors.bias.abs().max().item<double>(), 0);
  EXPECT_TRUE(vectors.weight.requires_grad());
  shoal::Random random(2);
  shoal::RowMatrix<float> x(n, embedding);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.normal());
  std::vector<std::int64_t> labels(static_cast<std::size_t>(n));
  for (std::int64_t& each : labels) each = random.below(classes);
  const double loss = head.loss(head.forward(shoal::borrowed_tensor(shoal::ConstArray(x))),
                                shoal::borrowed_tensor(shoal::ConstArray(labels)))
                          .item<double>();
  EXPECT_NEAR(loss / std::log(100), 1, 0.01);
}

TEST(LinearHead, NeedsAClass) {
  Host host;
  EXPECT_THAT([&] { LinearHead({}).build(host.context(), 4, 0); },
              ::testing::ThrowsMessage<shoal::InputError>("'linear' needs at least 1 input and 1 output, got 4 and 0"));
}

}  // namespace
