#include "barlow_twins.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include "../../../tests/reference/joint_embedding.h"
#include "shoal/testing.h"
#include "shoal/torch/testing_gradient.h"

namespace {

using shoal::testing::normal_views;
using ::testing::ThrowsMessage;

double loss_of(const std::vector<at::Tensor>& views, const BarlowTwinsParams& params = {}) {
  return BarlowTwins(params).loss(views).value.item<double>();
}

// Columns of a Hadamard matrix: means 0, variances 1, no correlations.
at::Tensor white() {
  double values[] = {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1};
  return at::from_blob(values, {4, 3}, at::kDouble).clone();
}

TEST(BarlowTwins, IsZeroWhereEachOutputCorrelatesWithItselfAlone) {
  const at::Tensor x = white();
  EXPECT_NEAR(loss_of({x, x * 9 - 4}), 0, 1e-8);  // 1e-5 in the variance: (1 − 1/(1 + 1e-5))², thrice
}

TEST(BarlowTwins, HasItsTermsByHand) {
  // The first two columns exchanged: C has 0 0 1 on its diagonal and two ones beside it. Turned round, −1: (1 + 1)².
  const at::Tensor x = white();
  const at::Tensor swapped = at::cat({x.narrow(1, 1, 1), x.narrow(1, 0, 1), x.narrow(1, 2, 1)}, 1);
  const auto loss = BarlowTwins({.redundancy_weight = 0.1}).loss({x, swapped});
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 2, 1e-4);
  EXPECT_NEAR(loss.diagnostics[1].second.item<double>(), 2, 1e-4);
  EXPECT_NEAR(loss.value.item<double>(), 2 + 0.1 * 2, 1e-4);
  EXPECT_NEAR(loss_of({x, -x}), 3 * 4, 1e-3);
}

TEST(BarlowTwins, OfAConstantBatchIsD) {
  const at::Tensor same = at::ones({6, 4}, at::kDouble);
  EXPECT_NEAR(loss_of({same, same}), 4, 1e-12);
  shoal::testing::Host host;
  BarlowTwins twins({});
  twins.build(host.context(), 4);
  EXPECT_EQ(twins.collapse(2, 6)->loss, 4);
}

TEST(BarlowTwins, IsThatOfLightly) {
  const shoal::testing::JointEmbeddingReference lightly;
  EXPECT_NEAR(loss_of(lightly.views), lightly["barlow-twins"], 1e-9);
}

TEST(BarlowTwins, HasTheGradientThatItSays) {
  BarlowTwins twins({.redundancy_weight = 0.5});
  EXPECT_LT(
      shoal::testing::gradient_error(normal_views(1, 3, 6, 4), [&](const auto& v) { return twins.loss(v).value; }),
      1e-7);
}

TEST(BarlowTwins, SeesCorrelationsAlone) {  // not shifts, scales, nor the order of views and examples
  const auto v = normal_views(5, 2, 8, 4);
  const double loss = loss_of(v);
  EXPECT_NEAR(loss_of({v[0] * 100 + 10, v[1] * 100 - 3}), loss, 1e-3);  // but for 1e-5 in the variance
  EXPECT_NEAR(loss_of({v[1], v[0]}), loss, 1e-12);
  EXPECT_NEAR(loss_of({v[0].flip({0}), v[1].flip({0})}), loss, 1e-12);
}

TEST(BarlowTwins, NeedsAnotherExample) {
  EXPECT_THAT(
      [] {
        loss_of({at::ones({1, 3}), at::ones({1, 3})});
      },
      ThrowsMessage<shoal::InputError>("this objective needs batches of at least 2 examples, got 1"));
}

}  // namespace
