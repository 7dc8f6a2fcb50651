#include "iic.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../../tests/reference/joint_embedding.h"
#include "shoal/torch/testing_gradient.h"

namespace {

using shoal::testing::normal_views;
using ::testing::ThrowsMessage;

double loss_of(const std::vector<at::Tensor>& views, const IicParams& params = {}) {
  return Iic(params).loss(views).value.item<double>();
}

/// Logits of one cluster each, n times all k of them, as sure as softmax can be.
at::Tensor one_hot(std::int64_t n, std::int64_t k) { return (at::eye(k, at::kDouble) * 1000).repeat({n, 1}); }

TEST(Iic, OfBalancedSureClustersIsLnK) {
  const auto loss = Iic({}).loss({one_hot(3, 10), one_hot(3, 10)});
  EXPECT_NEAR(loss.value.item<double>(), -2.302585, 1e-6);
  EXPECT_EQ(loss.diagnostics[0].first, "mutual_information");
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 2.302585, 1e-6);
  EXPECT_NEAR(loss.diagnostics[1].second.item<double>(), 10, 1e-9);
  EXPECT_NEAR(loss.diagnostics[2].second.item<double>(), 1, 1e-12);
  EXPECT_NEAR(loss_of({one_hot(3, 10).to(at::kFloat), one_hot(3, 10).to(at::kFloat)}), -2.302585, 1e-5);
}

TEST(Iic, OfIndependentOrCollapsedViewsIsZero) {
  // Four examples: one view says the first half of the number, the other the second.
  const at::Tensor all = one_hot(2, 2), halves = at::eye(2, at::kDouble).repeat_interleave(2, 0) * 1000;
  EXPECT_NEAR(loss_of({all, halves}), 0, 1e-9);
  const at::Tensor unsure = at::zeros({8, 5}, at::kDouble);  // alike for all clusters
  EXPECT_NEAR(loss_of({unsure, unsure}), 0, 1e-12);
  at::Tensor first = at::zeros({8, 5}, at::kDouble);  // all in one cluster
  first.select(1, 0).fill_(1000);
  EXPECT_NEAR(loss_of({first, first}), 0, 1e-12);
  EXPECT_EQ(Iic({}).collapse(2, 8)->loss, 0);
  // Weighed by 2, the same outputs have the losses −2·ln 5 and 0: no one loss is that of collapse.
  EXPECT_NEAR(loss_of({unsure, unsure}, {.entropy_weight = 2}), -2 * std::log(5), 1e-9);
  EXPECT_NEAR(loss_of({first, first}, {.entropy_weight = 2}), 0, 1e-9);
  EXPECT_FALSE(Iic({.entropy_weight = 2}).collapse(2, 8).has_value());
}

TEST(Iic, IsThatOfTheFormula) {
  const shoal::testing::JointEmbeddingReference numpy;
  EXPECT_NEAR(loss_of(numpy.views), numpy["iic"], 1e-9);
  EXPECT_NEAR(loss_of(numpy.views, {.entropy_weight = 1.5}), numpy["iic, entropy_weight 1.5"], 1e-9);
}

TEST(Iic, CountsPairsInBothDirections) {
  const auto v = normal_views(3, 2, 6, 4);
  const at::Tensor joint = joint_distribution(v[0].softmax(1), v[1].softmax(1));
  EXPECT_TRUE(at::allclose(joint, joint.t()));
  EXPECT_NEAR(joint.sum().item<double>(), 1, 1e-12);
  EXPECT_NEAR(loss_of(v), loss_of({v[1], v[0]}), 1e-12);
  // Renaming the clusters changes nothing, mixing up the examples does.
  EXPECT_NEAR(loss_of({v[0].flip({1}), v[1].flip({1})}), loss_of(v), 1e-12);
  EXPECT_NEAR(loss_of({v[0] + 5, v[1] - 5}), loss_of(v), 1e-12);
  EXPECT_GT(loss_of({v[0], v[1].flip({0})}), loss_of(v));
}

TEST(Iic, HasTheGradientThatItSays) {
  Iic iic({.entropy_weight = 1.2});
  EXPECT_LT(shoal::testing::gradient_error(normal_views(1, 3, 6, 4), [&](const auto& v) { return iic.loss(v).value; }),
            1e-8);
}

TEST(Iic, HasAFiniteGradientWherePairsNeverCome) {  // the authors' code gives NaN there (IIC#14)
  at::Tensor sure = one_hot(2, 4).to(at::kFloat).set_requires_grad(true);
  Iic({}).loss({sure, sure}).value.backward();
  EXPECT_TRUE(sure.grad().isfinite().all().item<bool>());
}

TEST(Iic, NeedsTwoClusters) {
  EXPECT_THAT(
      [] {
        loss_of({at::ones({4, 1}), at::ones({4, 1})});
      },
      ThrowsMessage<shoal::InputError>("clusters must be at least 2, but the outputs are 1: raise 'projection'"));
}

}  // namespace
