#include "simclr.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
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

double loss_of(const std::vector<at::Tensor>& views, double temperature = 0.5) {
  return nt_xent(views, temperature).value.item<double>();
}

TEST(NtXent, IsKnownForTwoOrthogonalPairs) {
  // Each output: its other view at cosine 1, two others at 0: −ln e²/(e² + 2) = ln(1 + 2e⁻²).
  const at::Tensor e = at::eye(2, at::kDouble);
  const auto loss = nt_xent({e, e}, 0.5);
  EXPECT_NEAR(loss.value.item<double>(), std::log1p(2 * std::exp(-2)), 1e-12);
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 1, 1e-12);
  EXPECT_NEAR(loss.diagnostics[1].second.item<double>(), 0, 1e-12);
  // Three views: two others at 1 and three at 0, for each of two positives.
  const at::Tensor third = at::eye(3, at::kDouble).narrow(0, 0, 2);
  EXPECT_NEAR(loss_of({third, third, third}, 0.5), std::log(2 * std::exp(2) + 3) - 2, 1e-12);
}

TEST(NtXent, IsLnOfAllOthersWhereAllIsAlike) {
  const at::Tensor same = at::ones({7, 3}, at::kDouble);
  EXPECT_NEAR(loss_of({same, same}), std::log(2 * 7 - 1), 1e-12);
  EXPECT_NEAR(loss_of({same, same, same}, 0.1), std::log(3 * 7 - 1), 1e-12);
  EXPECT_NEAR(Simclr({}).collapse(2, 7)->loss, std::log(13.0), 1e-12);
  EXPECT_NEAR(Simclr({}).collapse(3, 7)->loss, std::log(20.0), 1e-12);
}

TEST(NtXent, IsThatOfLightly) {
  const shoal::testing::JointEmbeddingReference lightly;
  EXPECT_NEAR(loss_of(lightly.views, 0.5), lightly["simclr, temperature 0.5"], 1e-9);
  EXPECT_NEAR(loss_of(lightly.views, 0.1), lightly["simclr, temperature 0.1"], 1e-9);
}

TEST(NtXent, HasTheGradientThatItSays) {
  EXPECT_LT(shoal::testing::gradient_error(normal_views(1, 3, 5, 4),
                                           [](const auto& views) { return nt_xent(views, 0.3).value; }),
            1e-8);
}

TEST(NtXent, SeesAnglesAlone) {  // not lengths, rotations, nor the order of views and examples
  const auto views = normal_views(2, 2, 6, 4);
  const double loss = loss_of(views);
  const at::Tensor rotation = std::get<0>(at::linalg_qr(normal(9, {4, 4})));
  EXPECT_NEAR(loss_of({views[0] * 3, views[1]}), loss, 1e-12);
  EXPECT_NEAR(loss_of({views[0].matmul(rotation), views[1].matmul(rotation)}), loss, 1e-12);
  EXPECT_NEAR(loss_of({views[1], views[0]}), loss, 1e-12);
  EXPECT_NEAR(loss_of({views[0].flip({0}), views[1].flip({0})}), loss, 1e-12);
  EXPECT_GT(loss_of({views[0], views[1].flip({0})}), loss);
}

TEST(NtXent, HoldsOutALowTemperatureInFloat32) {
  auto views = normal_views(3, 2, 6, 4);
  const double loss = loss_of(views, 0.01);
  for (at::Tensor& view : views) view = view.to(at::kFloat);
  EXPECT_NEAR(loss_of(views, 0.01), loss, 1e-4 * loss);
}

TEST(NtXent, NeedsAnotherExample) {
  EXPECT_THAT(
      [] {
        loss_of({at::ones({1, 3}), at::ones({1, 3})});
      },
      ThrowsMessage<shoal::InputError>("this objective needs batches of at least 2 examples, got 1"));
}

}  // namespace
