#include "confident.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <gmock/gmock.h>

#include <vector>

#include "../../../tests/reference/scan.h"
#include "shoal/torch/tensor.h"
#include "shoal/torch/testing_gradient.h"
#include "shoal/torch/testing_toys.h"

namespace {

using ::testing::ElementsAre;

std::vector<std::int64_t> numbers(const at::Tensor& tensor) {
  const auto values = shoal::view(tensor).vector<std::int64_t>();
  return {values.begin(), values.end()};
}

TEST(Confident, AreThoseAboveTheThreshold) {
  at::Tensor p = at::empty({4, 2}, at::kFloat);
  const double first[] = {0.75, 0.25, 0.5, 0.875};
  for (int i = 0; i < 4; ++i) {
    p[i][0].fill_(first[i]);
    p[i][1].fill_(1 - first[i]);
  }
  const Confident found = find_confident(p, 0.6);
  EXPECT_THAT(numbers(found.rows), ElementsAre(0, 1, 3));
  EXPECT_THAT(numbers(found.labels), ElementsAre(0, 1, 0));
  EXPECT_THAT(numbers(find_confident(p, 0.75).rows), ElementsAre(3));  // above, not at
  EXPECT_EQ(find_confident(p, 0.9).rows.size(0), 0);
}

TEST(Confident, HaveTheLossThatPyTorchGives) {
  const shoal::testing::ScanReference torch;
  const Confident found = find_confident(torch.examples.softmax(1), 0.7);
  const nlohmann::json &plain = torch.values["self-label, 0.7"], &balanced = torch.values["self-label, 0.7, balanced"];
  EXPECT_EQ(numbers(found.rows), plain["rows"].get<std::vector<std::int64_t>>());
  EXPECT_EQ(numbers(found.labels), plain["labels"].get<std::vector<std::int64_t>>());
  shoal::testing::ToyHead head;  // cross entropy
  const at::Tensor logits = at::index_select(torch.neighbors, 0, found.rows);
  EXPECT_NEAR(balanced_loss(head, logits, found.labels).item<double>(), balanced["loss"].get<double>(), 1e-12);
  EXPECT_NEAR(head.loss(logits, found.labels).item<double>(), plain["loss"].get<double>(), 1e-12);
}

TEST(Confident, BalancedLossHasTheGradientThatItSays) {
  const std::vector<std::int64_t> labels = {0, 2, 0, 0, 1, 2};
  const at::Tensor of = shoal::borrowed_tensor(shoal::ConstArray(labels));
  shoal::testing::ToyHead head;
  EXPECT_LT(shoal::testing::gradient_error({shoal::testing::normal(1, {6, 4})},
                                           [&](const auto& x) { return balanced_loss(head, x[0], of); }),
            1e-8);
}

}  // namespace
