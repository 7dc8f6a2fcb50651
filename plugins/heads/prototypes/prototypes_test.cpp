#include "prototypes.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace {

using shoal::testing::Host;
using ::testing::IsEmpty;
using ::testing::SizeIs;

at::Tensor rows(std::initializer_list<std::initializer_list<float>> values) {
  const shoal::RowMatrix<float> matrix(values);
  return shoal::borrowed_tensor(shoal::ConstArray(matrix)).clone();
}

/// Prototypes (1, 0) and (0, 2) in two dimensions.
Prototypes& set(Prototypes& head, Host& host) {
  head.build(host.context(), 2, 2);
  const c10::NoGradGuard no_grad;
  head.class_vectors().weight.copy_(rows({{1, 0}, {0, 2}}));
  return head;
}

TEST(Prototypes, AreCosinesOverTheTemperature) {  // (3, 4) and (0, 2): cosine .8, not 1.6
  Host host;
  Prototypes head({});
  const at::Tensor logits = set(head, host).forward(rows({{3, 4}, {30, 40}, {0, 0}}));
  for (const shoal::Index row : {0, 1}) {
    EXPECT_FLOAT_EQ(logits[row][0].item<float>(), 6);
    EXPECT_FLOAT_EQ(logits[row][1].item<float>(), 8);
    EXPECT_EQ(logits[2][row].item<float>(), 0);
  }
  EXPECT_NEAR(head.probabilities(logits)[0][1].item<float>(), 1 / (1 + std::exp(-2.0)), 1e-6);
  const std::int64_t label = 0;
  EXPECT_NEAR(head.loss(logits.narrow(0, 0, 1), shoal::borrowed_tensor(shoal::ConstArray(&label, {1}))).item<float>(),
              2.126928, 1e-5);  // ln(1 + e²)
}

TEST(Prototypes, BeginAsUnitRowsThatTheSeedDecides) {
  Host host, same, other({.seed = 1});
  Prototypes a({}), b({}), c({});
  a.build(host.context(), 16, 5);
  b.build(same.context(), 16, 5);
  c.build(other.context(), 16, 5);
  const at::Tensor lengths = at::linalg_vector_norm(a.class_vectors().weight, 2, at::IntArrayRef{1});
  EXPECT_LT((lengths - 1).abs().max().item<float>(), 1e-6);
  EXPECT_TRUE(at::equal(a.class_vectors().weight, b.class_vectors().weight));
  EXPECT_FALSE(at::equal(a.class_vectors().weight, c.class_vectors().weight));
}

TEST(Prototypes, AreFixedUnlessTrainable) {
  Host host;
  Prototypes fixed({}), trained({.trainable = true});
  EXPECT_THAT(set(fixed, host).parameters(), IsEmpty());
  EXPECT_THAT(fixed.buffers(), SizeIs(1));
  ASSERT_THAT(set(trained, host).parameters(), SizeIs(1));
  trained.forward(rows({{3, 4}})).select(1, 0).sum().backward();
  const at::Tensor gradient = trained.parameters()[0].second.grad();
  // The cosine's gradient, x̂ less its part along w, over ‖w‖·τ: (.6, .8) − .6·(1, 0) = (0, .8), by 1·0.1.
  EXPECT_NEAR(gradient[0][0].item<float>(), 0, 1e-5);
  EXPECT_NEAR(gradient[0][1].item<float>(), 8, 1e-5);
}

TEST(Prototypes, TeachAnEmbeddingAndLeaveOneOfZerosInPeace) {
  Host host;
  Prototypes head({});
  set(head, host);
  at::Tensor x = rows({{3, 4}, {0, 0}}).requires_grad_(true);
  const std::vector<std::int64_t> labels{0, 1};
  head.loss(head.forward(x), shoal::borrowed_tensor(shoal::ConstArray(labels))).backward();
  const at::Tensor gradient = x.grad();
  // Across the embedding, never along it; of the row of zeros: ½·(p₀·(1, 0) − (1 − p₁)·(0, 1))/τ = (2.5, −2.5).
  EXPECT_NEAR((gradient[0][0] * 3 + gradient[0][1] * 4).item<float>(), 0, 1e-5);
  EXPECT_LT(gradient[0][0].item<float>(), 0);
  EXPECT_NEAR(gradient[1][0].item<float>(), 2.5, 1e-5);
  EXPECT_NEAR(gradient[1][1].item<float>(), -2.5, 1e-5);
}

TEST(Prototypes, NeedAClass) {
  Host host;
  EXPECT_THAT([&] { Prototypes({}).build(host.context(), 4, 0); },
              ::testing::ThrowsMessage<shoal::InputError>("prototypes need at least 1 input and 1 class, got 4 and 0"));
}

}  // namespace
