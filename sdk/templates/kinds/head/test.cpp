#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing_component.h"
#include "shoal/torch/head.h"

namespace {

using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ThrowsMessage;

/// The head, built for E = C = 2, its vectors along the axes, of length 3 and 5.
struct Built {
  Built() {
    head.build(host.context(), 2, 2);
    const c10::NoGradGuard no_grad;
    head.class_vectors().weight.copy_(at::tensor({3.f, 0.f, 0.f, 5.f}).view({2, 2}));
  }
  Host host;
  Made made{host.context(), "head/@name@", {{"scale", 10.0}}};
  shoal::Head& head = shoal::torch_component<shoal::Head>(made.object());
};

TEST(@class@, HasCosinesForLogits) {  // (3, 4) is of length 5: cosines 0.6 and 0.8, whatever the lengths
  Built built;
  for (const float length : {1.f, 100.f}) {
    const at::Tensor logits = built.head.forward(at::tensor({3 * length, 4 * length}).view({1, 2}));
    EXPECT_NEAR(logits[0][0].item<float>(), 6, 1e-5);
    EXPECT_NEAR(logits[0][1].item<float>(), 8, 1e-5);
  }
}

TEST(@class@, HasSoftmaxAndCrossEntropy) {  // of logits 0 and ln 3: probabilities 1/4 and 3/4
  Built built;
  const at::Tensor logits = at::tensor({0.f, std::log(3.f)}).view({1, 2});
  EXPECT_NEAR(built.head.probabilities(logits)[0][1].item<float>(), 0.75, 1e-6);
  EXPECT_NEAR(built.head.loss(logits, at::tensor(std::vector<std::int64_t>{0})).item<float>(), std::log(4.), 1e-6);
}

TEST(@class@, IsTheSameFromTheSameSeed) {
  const auto weight = [](std::uint64_t seed) {
    Host host({.seed = seed});
    const Made made(host.context(), "head/@name@");
    auto& head = shoal::torch_component<shoal::Head>(made.object());
    head.build(host.context(), 4, 3);
    return head.class_vectors().weight.detach();
  };
  EXPECT_TRUE(at::equal(weight(1), weight(1)));
  EXPECT_FALSE(at::equal(weight(1), weight(2)));
}

TEST(@class@, NeedsAClass) {
  Built built;
  EXPECT_THAT([&] { built.head.build(built.host.context(), 2, 0); },
              ThrowsMessage<shoal::InputError>("needs at least 1 number in an embedding and 1 class, got 2 and 0"));
}

}  // namespace
