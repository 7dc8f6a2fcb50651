#include "scan_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../../tests/reference/scan.h"
#include "shoal/torch/testing_gradient.h"

namespace {

using shoal::testing::normal;

double number(const at::Tensor& scalar) { return scalar.item<double>(); }

/// Logits of one cluster each, n times all k of them, as sure as softmax can be.
at::Tensor one_hot(std::int64_t n, std::int64_t k) { return (at::eye(k, at::kDouble) * 1000).repeat({n, 1}); }

TEST(ScanLoss, IsThatOfPyTorchsPieces) {
  const shoal::testing::ScanReference torch;
  const ScanLoss loss = scan_loss(torch.examples, torch.neighbors, /*entropy_weight=*/5);
  const double consistency = torch.values["consistency"], entropy = torch.values["entropy"];
  EXPECT_NEAR(number(loss.consistency), consistency, 1e-12);
  EXPECT_NEAR(number(loss.entropy), entropy, 1e-12);
  EXPECT_NEAR(number(loss.total), consistency - 5 * entropy, 1e-12);
}

TEST(ScanLoss, OfAllIsTheMeanOverAllNeighbours) {
  const shoal::testing::ScanReference torch;
  const ScanLoss loss = scan_loss_of_all(torch.examples.to(at::kFloat), torch.table, 2);
  const double consistency = torch.values["consistency of all"], entropy = torch.values["entropy"];
  EXPECT_NEAR(number(loss.consistency), consistency, 1e-6);  // of float32 logits
  EXPECT_NEAR(number(loss.entropy), entropy, 1e-6);
  EXPECT_NEAR(number(loss.total), consistency - 2 * entropy, 1e-6);
}

TEST(ScanLoss, AtBestIsTheWeightTimesLnK) {  // sure of one cluster each, with its neighbour, and all clusters alike
  const ScanLoss loss = scan_loss(one_hot(3, 10), one_hot(3, 10), 5);
  EXPECT_NEAR(number(loss.consistency), 0, 1e-12);
  EXPECT_NEAR(number(loss.entropy), std::log(10), 1e-12);
  EXPECT_NEAR(number(loss.total), -5 * std::log(10), 1e-12);
}

TEST(ScanLoss, OfOneClusterForAllIsZeroAndOfGuessingIsLnK) {
  at::Tensor first = at::zeros({6, 4}, at::kDouble);
  first.select(1, 0).fill_(1000);
  EXPECT_NEAR(number(scan_loss(first, first, 5).total), 0, 1e-12);
  const at::Tensor unsure = at::full({6, 4}, 3, at::kDouble);
  EXPECT_NEAR(number(scan_loss(unsure, unsure, 5).consistency), std::log(4), 1e-12);
  EXPECT_NEAR(number(scan_loss(unsure, unsure, 5).entropy), std::log(4), 1e-12);
}

TEST(ScanLoss, StillPullsWhereNeighboursAreSureOfDifferentClusters) {  // the authors' code has no gradient there
  at::Tensor logits = one_hot(1, 2).to(at::kFloat).set_requires_grad(true);
  const ScanLoss loss = scan_loss(logits, logits.detach().flip({0}), 0);
  EXPECT_NEAR(number(loss.consistency), 1000 - std::log(2), 1e-3);  // p·q is 2 · e⁻¹⁰⁰⁰
  loss.total.backward();
  EXPECT_TRUE(logits.grad().isfinite().all().item<bool>());
  EXPECT_GT(logits.grad().abs().max().item<double>(), 0.1);
}

TEST(ScanLoss, HasTheGradientThatItSays) {
  EXPECT_LT(shoal::testing::gradient_error({normal(1, {6, 4}), normal(2, {6, 4})},
                                           [](const auto& x) { return scan_loss(x[0], x[1], 3).total; }),
            1e-8);
}

}  // namespace
