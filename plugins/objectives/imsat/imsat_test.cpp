#include "imsat.h"

#include <ATen/TensorOperators.h>
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

double loss_of(const std::vector<at::Tensor>& views, const ImsatParams& params = {}) {
  return Imsat(params).loss(views).value.item<double>();
}

/// Logits of one cluster each, n times all k of them, as sure as softmax can be.
at::Tensor one_hot(std::int64_t n, std::int64_t k) { return (at::eye(k, at::kDouble) * 1000).repeat({n, 1}); }

TEST(Imsat, OfBalancedSureClustersThatAgreeIsTheWeightedLnK) {  // −0.1 · (4 · ln 10 − 0)
  const auto loss = Imsat({}).loss({one_hot(3, 10), one_hot(3, 10)});
  EXPECT_NEAR(loss.value.item<double>(), -0.4 * 2.302585093, 1e-9);
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 0, 1e-12);
  EXPECT_EQ(loss.diagnostics[1].first, "mutual_information");
  EXPECT_NEAR(loss.diagnostics[1].second.item<double>(), 2.302585093, 1e-9);
  EXPECT_NEAR(loss.diagnostics[2].second.item<double>(), 10, 1e-9);
  EXPECT_NEAR(loss.diagnostics[3].second.item<double>(), 1, 1e-12);
}

TEST(Imsat, FindsNoInformationInAConstant) {
  const at::Tensor unsure = at::zeros({8, 5}, at::kDouble);  // alike for all clusters
  at::Tensor first = at::zeros({8, 5}, at::kDouble);         // all in one cluster
  first.select(1, 0).fill_(1000);
  for (const at::Tensor& constant : {unsure, first}) {
    EXPECT_NEAR(Imsat({}).loss({constant, constant}).diagnostics[1].second.item<double>(), 0, 1e-12);
    EXPECT_NEAR(loss_of({constant, constant}, {.entropy_weight = 1}), 0, 1e-12);
  }
  EXPECT_EQ(Imsat({.entropy_weight = 1}).collapse(2, 8)->loss, 0);
  // Weighed by 4, the losses are −.1 · 3 · ln 5 and 0: no one loss is that of collapse.
  EXPECT_NEAR(loss_of({unsure, unsure}), -0.3 * std::log(5), 1e-9);
  EXPECT_NEAR(loss_of({first, first}), 0, 1e-9);
  EXPECT_FALSE(Imsat({}).collapse(2, 8).has_value());
}

TEST(Imsat, IsThatOfTheFormula) {
  const shoal::testing::JointEmbeddingReference numpy;
  EXPECT_NEAR(loss_of(numpy.views), numpy["imsat"], 1e-9);
  EXPECT_NEAR(loss_of(numpy.views, {.information_weight = 1, .entropy_weight = 1.5}),
              numpy["imsat, information_weight 1, entropy_weight 1.5"], 1e-9);
}

TEST(Imsat, ComparesEveryFurtherViewWithTheFirst) {
  const auto v = normal_views(3, 3, 6, 4);
  const double information = loss_of({v[0], v[0]});  // nothing to disagree
  EXPECT_NEAR(loss_of(v), (loss_of({v[0], v[1]}) + loss_of({v[0], v[2]})) / 2, 1e-12);
  EXPECT_GT(loss_of(v), information);
  EXPECT_NE(loss_of({v[0], v[1]}), loss_of({v[1], v[0]}));
  EXPECT_NEAR(loss_of({v[0], v[1] + 5}), loss_of({v[0], v[1]}), 1e-12);  // logits may shift
}

TEST(Imsat, TeachesTheFurtherViewsAloneToAgree) {  // the gradient of cross entropy: (q − p) / B; none to the target
  auto v = normal_views(3, 2, 6, 4);
  for (at::Tensor& view : v) view.set_requires_grad(true);
  self_augmentation(v[0], v[1]).backward();
  EXPECT_FALSE(v[0].grad().defined());
  const at::Tensor expected = (v[1].softmax(1) - v[0].softmax(1)).detach() / 6;
  EXPECT_LT((v[1].grad() - expected).abs().max().item<double>(), 1e-12);
}

TEST(Imsat, HasTheGradientThatItSays) {  // of entropies; of the target there is none to compare
  EXPECT_LT(shoal::testing::gradient_error(normal_views(1, 1, 6, 4),
                                           [](const auto& v) {
                                             const auto [clusters, examples] = entropies(v[0].softmax(1));
                                             return 4 * clusters - examples;
                                           }),
            1e-8);
}

TEST(Imsat, HasAFiniteGradientOfSureClusters) {
  at::Tensor sure = one_hot(2, 4).to(at::kFloat).set_requires_grad(true);
  Imsat({}).loss({sure, sure}).value.backward();
  EXPECT_TRUE(sure.grad().isfinite().all().item<bool>());
}

TEST(Imsat, NeedsTwoClusters) {
  EXPECT_THAT(
      [] {
        loss_of({at::ones({4, 1}), at::ones({4, 1})});
      },
      ThrowsMessage<shoal::InputError>("clusters must be at least 2, but the outputs are 1: raise 'projection'"));
}

}  // namespace
