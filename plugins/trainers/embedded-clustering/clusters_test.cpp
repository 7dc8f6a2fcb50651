#include "clusters.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing.h"
#include "soft_assignment.h"

namespace {

using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::FloatNear;

at::Tensor column(std::vector<double> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return shoal::borrowed_tensor(shoal::ConstArray(values.data(), {count, 1})).to(at::kFloat);
}

std::vector<float> values(const at::Tensor& x) {
  const at::Tensor flat = x.detach().to(at::kFloat).contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

// Embeddings 0 and 2, centroids 0 and 2, α = 1, by hand: 1 and 1/(1 + 4), so q is 5/6 and 1/6. Both f are 1, and p is
// 25/26 and 1/26. KL = 25/26·ln(25/26·6/5) + 1/26·ln(6/26).
TEST(SoftAssignment, HasTheValuesByHand) {
  const at::Tensor z = column({0, 2}), centroids = column({0, 2});
  const at::Tensor log_q = log_soft_assignment(z, centroids, 1);
  EXPECT_THAT(values(log_q.exp()), ElementsAre(FloatNear(0.83333f, 1e-5f), FloatNear(0.16667f, 1e-5f),
                                               FloatNear(0.16667f, 1e-5f), FloatNear(0.83333f, 1e-5f)));
  const at::Tensor p = target_distribution(log_q.exp());
  EXPECT_THAT(values(p), ElementsAre(FloatNear(0.96154f, 1e-5f), FloatNear(0.03846f, 1e-5f), FloatNear(0.03846f, 1e-5f),
                                     FloatNear(0.96154f, 1e-5f)));
  EXPECT_NEAR(divergence(p, log_q).item<double>(), 0.081199, 1e-6);
}

TEST(SoftAssignment, HasAlphaDegreesOfFreedom) {  // α = 3: (1 + 4/3)^(−2) = 9/49 beside 1
  const at::Tensor q = log_soft_assignment(column({0}), column({0, 2}), 3).exp();
  EXPECT_NEAR(q[0][1].item<double>(), 9.0 / 58, 1e-6);
}

TEST(SoftAssignment, StaysFiniteFarFromAllCentroids) {  // where q of a cluster is 0 in float32, ln q is not −∞
  const at::Tensor log_q = log_soft_assignment(column({0, 1e6}), column({0, 1e6}), 10);
  EXPECT_TRUE(log_q.isfinite().all().item<bool>());
  EXPECT_NEAR(divergence(target_distribution(log_q.exp()), log_q).item<double>(), 0, 1e-6);
}

TEST(TargetDistribution, GivesLargeClustersLess) {
  // q = (1/2, 1/2) twice and (0, 1): f = (1, 2); a half is ¼/1 to ¼/2, so p = (2/3, 1/3).
  const at::Tensor q = at::tensor({0.5, 0.5, 0.5, 0.5, 0.0, 1.0}).view({3, 2}).to(at::kFloat);
  EXPECT_THAT(values(target_distribution(q)), ElementsAre(FloatNear(2 / 3.f, 1e-6f), FloatNear(1 / 3.f, 1e-6f),
                                                          FloatNear(2 / 3.f, 1e-6f), FloatNear(1 / 3.f, 1e-6f), 0, 1));
}

TEST(TargetDistribution, IsFiniteWhereAClusterHasNobody) {
  const at::Tensor q = at::tensor({1.0, 0.0}).view({1, 2}).to(at::kFloat);
  EXPECT_THAT(values(target_distribution(q)), ElementsAre(1, 0));
}

TEST(SoftClusters, KeepTheirTargetUntilTheyLookAgain) {
  Host host;
  SoftClusters clusters(column({0, 2}), 1);
  const at::Tensor before = column({0, 2, 1.5}), after = column({0.5, 1.9, 0.2});
  const at::Tensor rows = at::arange(3);
  clusters.look(before);
  const auto wanted = [&](const at::Tensor& looked_at) {
    const at::Tensor p = target_distribution(log_soft_assignment(looked_at, column({0, 2}), 1).exp());
    return divergence(p, log_soft_assignment(after, column({0, 2}), 1)).item<float>();
  };
  ASSERT_GT(std::abs(wanted(before) - wanted(after)), 0.1);
  EXPECT_FLOAT_EQ(clusters.loss(host.context(), after, rows).item<float>(), wanted(before));
  EXPECT_FLOAT_EQ(clusters.loss(host.context(), after, rows).item<float>(), wanted(before));
  clusters.look(after);
  EXPECT_FLOAT_EQ(clusters.loss(host.context(), after, rows).item<float>(), wanted(after));
}

TEST(SoftClusters, TakeTheTargetOfAllExamplesForABatchOfSome) {  // p by batch would be another: f is another
  Host host;
  SoftClusters clusters(column({0, 2}), 1);
  const at::Tensor all = column({0, 0.1, 0.2, 1.2, 2});
  clusters.look(all);
  const at::Tensor log_q = log_soft_assignment(all, column({0, 2}), 1);
  const at::Tensor of_all = target_distribution(log_q.exp()).narrow(0, 3, 1);
  const at::Tensor of_batch = target_distribution(log_q.narrow(0, 3, 1).exp());
  const float wanted = divergence(of_all, log_q.narrow(0, 3, 1)).item<float>();
  ASSERT_GT(std::abs(divergence(of_batch, log_q.narrow(0, 3, 1)).item<float>() - wanted), 1e-3);
  EXPECT_FLOAT_EQ(clusters.loss(host.context(), all.narrow(0, 3, 1), at::arange(3, 4)).item<float>(), wanted);
}

TEST(SoftClusters, LearnTheirCentroidsAndLeaveTheTargetAlone) {
  Host host;
  SoftClusters clusters(column({0, 2}), 1);
  const at::Tensor z = column({0.5, 2.5}).set_requires_grad(true);
  clusters.look(z.detach());
  clusters.loss(host.context(), z, at::arange(2)).backward();
  const at::Tensor gradient = clusters.parameters()[0].second.grad();
  ASSERT_TRUE(gradient.defined() && z.grad().defined());
  // q hangs on differences alone, so to move all embeddings and centroids by the same is to move none.
  EXPECT_NEAR((gradient.sum() + z.grad().sum()).item<double>(), 0, 1e-6);
  EXPECT_GT(gradient.abs().min().item<float>(), 0.01);
}

TEST(HardClusters, MoveCentroidsByOneOverTheirCount) {
  // 1 and 3 are of centroid 0, counts 101 and 102; 8 is of centroid 10, count 101.
  Host host;
  HardClusters clusters((shoal::RowMatrix<double>(2, 1) << 0, 10).finished(), /*numbers=*/4);
  const at::Tensor z = column({1, 8, 3}).set_requires_grad(true);
  const at::Tensor loss = clusters.loss(host.context(), z, {});
  const double first = 1 / 101.0, low = first + (3 - first) / 102, high = 10 - 2 / 101.0;
  EXPECT_THAT(values(clusters.centroids()),
              ElementsAre(FloatNear(static_cast<float>(low), 1e-6f), FloatNear(static_cast<float>(high), 1e-5f)));
  const double squares = (1 - low) * (1 - low) + (8 - high) * (8 - high) + (3 - low) * (3 - low);
  EXPECT_NEAR(loss.item<double>(), squares / 3 / 2 / 4, 1e-5);
  // Each is drawn to its centroid: (z − c) / (3 · 4).
  loss.backward();
  EXPECT_NEAR(z.grad()[1][0].item<double>(), (8 - high) / 12, 1e-5);
  EXPECT_THAT(clusters.parameters(), ::testing::IsEmpty());
}

}  // namespace
