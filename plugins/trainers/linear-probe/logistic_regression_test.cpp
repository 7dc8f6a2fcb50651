#include "logistic_regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../../tests/reference/reference.h"
#include "shoal/random.h"

namespace {

using shoal::Index;

at::Tensor tensor_of(std::vector<double> values, Index rows, Index cols) {
  return at::from_blob(values.data(), {rows, cols}, at::TensorOptions(at::kDouble)).clone();
}

at::Tensor normal(Index rows, Index cols, std::uint64_t seed) {
  shoal::Random random(seed);
  std::vector<double> values(static_cast<std::size_t>(rows * cols));
  for (double& value : values) value = random.normal();
  return tensor_of(values, rows, cols);
}

Columns random_problem() {
  std::vector<std::int64_t> labels(20);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<Index>(i) % 3;
  return {normal(4, 20, 1), at::from_blob(labels.data(), {20}, at::TensorOptions(at::kLong)).clone()};
}

TEST(Objective, IsLnCForALayerOfZeros) {
  const Columns data = random_problem();
  const Layer zeros = Layer::zeros(3, data);
  at::Tensor gradient = at::empty_like(zeros.weights);
  EXPECT_DOUBLE_EQ(objective(zeros, data, /*weight_decay=*/1, gradient), std::log(3));
}

TEST(Objective, HasTheGradientOfItsDifferences) {
  const Columns data = random_problem();
  const Layer layer{normal(3, 5, 2)};
  at::Tensor gradient = at::empty_like(layer.weights), unused = at::empty_like(layer.weights);
  objective(layer, data, 0.1, gradient);
  const double step = 1e-5;  // errors of central differences: step²·f‴ ≈ 1e-10
  for (Index c = 0; c < 3; ++c) {
    for (Index j = 0; j < 5; ++j) {
      Layer above{layer.weights.clone()}, below{layer.weights.clone()};
      above.weights[c][j] += step;
      below.weights[c][j] -= step;
      const double difference =
          (objective(above, data, 0.1, unused) - objective(below, data, 0.1, unused)) / (2 * step);
      EXPECT_NEAR(gradient[c][j].item<double>(), difference, 1e-8) << c << ", " << j;
    }
  }
}

TEST(Minimise, FindsTheMinimumOfRosenbrocksValley) {  // (1, 1), by its formula
  const at::Tensor found = minimise(tensor_of({-1.2, 1}, 1, 2), 80, [](const at::Tensor& at, at::Tensor& gradient) {
    const double x = at[0][0].item<double>(), y = at[0][1].item<double>();
    gradient[0][0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[0][1] = 200 * (y - x * x);
    return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
  });
  EXPECT_NEAR(found[0][0].item<double>(), 1, 1e-5);
  EXPECT_NEAR(found[0][1].item<double>(), 1, 1e-5);
}

TEST(Fit, IsScikitLearnsLogisticRegression) {
  const auto reference = shoal::testing::reference("logistic_regression");
  const auto rows = reference["features"].get<std::vector<std::vector<double>>>();
  const auto n = static_cast<Index>(rows.size());
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  auto labels = reference["labels"].get<std::vector<std::int64_t>>();
  const at::Tensor truth = at::from_blob(labels.data(), {n}, at::TensorOptions(at::kLong));
  for (const at::ScalarType dtype : {at::kDouble, at::kFloat}) {
    const Columns data{tensor_of(flat, n, 5).t().to(dtype).contiguous(), truth};
    for (const auto& expected : reference["cases"]) {
      const double weight_decay = expected["weight_decay"];
      SCOPED_TRACE(weight_decay);
      Index evaluations = 0;
      const Layer layer = fit(Layer::zeros(3, data), data, {.weight_decay = weight_decay}, [&] { ++evaluations; });
      EXPECT_GT(evaluations, 5);
      const at::Tensor weights = layer.weights.to(at::kDouble);
      const auto wanted = expected["weights"].get<std::vector<std::vector<double>>>();
      for (Index c = 0; c < 3; ++c)
        for (Index j = 0; j < 5; ++j)
          EXPECT_NEAR(weights[c][j].item<double>(), wanted[static_cast<std::size_t>(c)][static_cast<std::size_t>(j)],
                      1e-3);
      const at::Tensor probabilities = layer.logits(data.features).softmax(0).to(at::kDouble);
      const auto shares = expected["probabilities"].get<std::vector<std::vector<double>>>();
      for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < 3; ++c)
          EXPECT_NEAR(probabilities[c][i].item<double>(),
                      shares[static_cast<std::size_t>(i)][static_cast<std::size_t>(c)], 1e-3);
      EXPECT_DOUBLE_EQ(layer.predict(data.features).eq(truth).to(at::kDouble).mean().item<double>(),
                       expected["accuracy"].get<double>());
    }
  }
}

}  // namespace
