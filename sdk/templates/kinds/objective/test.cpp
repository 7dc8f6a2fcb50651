#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include "shoal/testing_component.h"
#include "shoal/torch/objective.h"

namespace {

using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ThrowsMessage;

shoal::Objective::Loss loss(const std::vector<at::Tensor>& views, double uniformity = 1) {
  Host host;
  const Made made(host.context(), "objective/@name@", {{"uniformity", uniformity}, {"temperature", 2.0}});
  return shoal::torch_component<shoal::Objective>(made.object()).loss(views);
}

/// Two examples (B, D) = (2, 2).
at::Tensor rows(float a, float b, float c, float d) { return at::tensor({a, b, c, d}).view({2, 2}); }

TEST(@class@, IsAlignmentPlusUniformity) {
  // Two examples on opposite sides of the circle, ‖a − b‖² = 4: uniformity is ln exp(−2·4) = −8, whatever their
  // lengths.
  const at::Tensor opposite = rows(1, 0, -7, 0);
  const auto same = loss({opposite, opposite});
  EXPECT_NEAR(same.diagnostics[0].second.item<float>(), 0, 1e-6);
  EXPECT_NEAR(same.diagnostics[1].second.item<float>(), -8, 1e-5);
  EXPECT_NEAR(same.value.item<float>(), -8, 1e-5);
  // A quarter of a turn further, the views of each example are √2 apart: alignment 2.
  const auto turned = loss({opposite, rows(0, 1, 0, -1)}, /*uniformity=*/0.5);
  EXPECT_NEAR(turned.value.item<float>(), 2 - 0.5 * 8, 1e-5);
}

TEST(@class@, IsZeroWhereAllIsAlike) {  // what collapse() says
  const at::Tensor alike = rows(1, 1, 1, 1);
  EXPECT_NEAR(loss({alike, alike}).value.item<float>(), 0, 1e-6);
}

TEST(@class@, PullsViewsTogether) {
  const at::Tensor view = rows(1, 0.5, -1, 0.2).requires_grad_();
  const at::Tensor other = rows(1, 0, -1, 0);
  const at::Tensor before = loss({view, other}).value;
  before.backward();
  const at::Tensor after = loss({view.detach() - 0.05 * view.grad(), other}).value;
  EXPECT_LT(after.item<float>(), before.item<float>());
}

TEST(@class@, NeedsTwoExamples) {
  EXPECT_THAT(
      [] {
        loss({at::tensor({1.f, 2.f}).view({1, 2}), at::tensor({1.f, 2.f}).view({1, 2})});
      },
      ThrowsMessage<shoal::InputError>("this objective needs batches of at least 2 examples, got 1"));
}

}  // namespace
