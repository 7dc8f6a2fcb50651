#include "linear_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing.h"

namespace {

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

TEST(LinearHead, NeedsAClass) {
  Host host;
  EXPECT_THAT([&] { LinearHead({}).build(host.context(), 4, 0); },
              ::testing::ThrowsMessage<shoal::InputError>("'linear' needs at least 1 input and 1 output, got 4 and 0"));
}

}  // namespace
