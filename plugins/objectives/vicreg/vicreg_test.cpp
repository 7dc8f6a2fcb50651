#include "vicreg.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../../tests/reference/joint_embedding.h"
#include "shoal/torch/testing_gradient.h"

namespace {

using shoal::testing::normal;
using shoal::testing::normal_views;
using ::testing::ThrowsMessage;

double loss_of(const std::vector<at::Tensor>& views, const VicregParams& params = {}) {
  return Vicreg(params).loss(views).value.item<double>();
}

at::Tensor matrix(std::vector<double> values, std::int64_t columns) {
  return at::from_blob(values.data(), {static_cast<std::int64_t>(values.size()) / columns, columns}, at::kDouble)
      .clone();
}

TEST(Vicreg, OfAConstantBatchIsVarianceAlone) {  // 25·(1 − √1e-4) = 24.75
  const at::Tensor same = at::ones({6, 4}, at::kDouble) * 3;
  EXPECT_NEAR(loss_of({same, same}), 24.75, 1e-12);
  EXPECT_NEAR(Vicreg({}).collapse(2, 6)->loss, 24.75, 1e-12);
}

TEST(Vicreg, IsZeroForEqualViewsThatAreWhite) {
  // Columns ±√¾ of a Hadamard matrix: means 0, variances 4·¾/3 = 1, covariances 0.
  const at::Tensor white = matrix({1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1}, 3) * std::sqrt(0.75);
  EXPECT_NEAR(loss_of({white, white}), 0, 1e-12);
  EXPECT_NEAR(loss_of({white, white, white}), 0, 1e-12);
}

TEST(Vicreg, HasItsTermsByHand) {
  // Columns (0, 2) and (0, 4): variances 2 and 8, covariance 4; two places off the diagonal: 2·16/2.
  const at::Tensor x = matrix({0, 0, 2, 4}, 2);
  EXPECT_NEAR(covariance_term(x).item<double>(), 16, 1e-12);
  EXPECT_EQ(variance_term(x).item<double>(), 0);
  EXPECT_NEAR(variance_term(x / 8).item<double>(), (1 - std::sqrt(2 / 64. + 1e-4) + 1 - std::sqrt(8 / 64. + 1e-4)) / 2,
              1e-12);
  // One number of four is 2 off: invariance 1. The other view's covariance: columns (0, 2) and (0, 6): 6² = 36.
  const auto loss = Vicreg({}).loss({x, matrix({0, 0, 2, 6}, 2)});
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 1, 1e-12);
  EXPECT_NEAR(loss.diagnostics[2].second.item<double>(), 16 + 36, 1e-12);
  EXPECT_NEAR(loss.value.item<double>(), 25 * 1 + 0 + 52, 1e-12);
}

TEST(Vicreg, IsThatOfLightly) {
  const shoal::testing::JointEmbeddingReference lightly;
  EXPECT_NEAR(loss_of(lightly.views), lightly["vicreg"], 1e-9);
}

TEST(Vicreg, OfThreeViewsIsTheMeanOverPairs) {
  const auto v = normal_views(4, 3, 6, 4);
  const double pairs = (loss_of({v[0], v[1]}) + loss_of({v[0], v[2]}) + loss_of({v[1], v[2]})) / 3;
  EXPECT_NEAR(loss_of(v), pairs, 1e-12);
}

TEST(Vicreg, HasTheGradientThatItSays) {
  Vicreg vicreg({});
  auto views = normal_views(1, 2, 6, 4);
  for (at::Tensor& view : views) view = view * 0.5;  // so that the variance term is at work
  EXPECT_GT(vicreg.loss(views).diagnostics[1].second.item<double>(), 0.1);
  EXPECT_LT(shoal::testing::gradient_error(views, [&](const auto& v) { return vicreg.loss(v).value; }), 1e-7);
}

TEST(Vicreg, DoesNotSeeShiftsAndItsInvarianceNotRotations) {
  const auto v = normal_views(5, 2, 8, 4);
  EXPECT_NEAR(loss_of({v[0] + 10, v[1] + 10}), loss_of(v), 1e-9);
  const at::Tensor rotation = std::get<0>(at::linalg_qr(normal(9, {4, 4})));
  const VicregParams invariance{.variance_weight = 0, .covariance_weight = 0};
  EXPECT_NEAR(loss_of({v[0].matmul(rotation), v[1].matmul(rotation)}, invariance), loss_of(v, invariance), 1e-9);
  EXPECT_EQ(loss_of({v[0], v[0]}, invariance), 0);
}

TEST(Vicreg, NeedsAnotherExample) {
  EXPECT_THAT(
      [] {
        loss_of({at::ones({1, 3}), at::ones({1, 3})});
      },
      ThrowsMessage<shoal::InputError>("this objective needs batches of at least 2 examples, got 1"));
}

}  // namespace
