#include "shoal/torch/optimizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../tests/reference/reference.h"

namespace shoal {
namespace {

using ::testing::ThrowsMessage;

at::Tensor tensor_of(const nlohmann::json& numbers) {  // (2, 3)
  const auto values = numbers.get<std::vector<float>>();
  return borrowed_tensor(ConstArray(values.data(), {2, 3})).clone();
}

// PyTorch's own optimisers, unfused, on given gradients. Fused and unfused round differently: 1e-6 of the numbers'
// size.
void expect_pytorchs_steps(const std::string& name, const OptimizerOptions& options) {
  SCOPED_TRACE(name);
  const nlohmann::json reference = testing::reference("optimizers");
  const at::Tensor parameter = tensor_of(reference["start"]).set_requires_grad(true);
  Optimizer optimizer({{"parameter", parameter}}, options);
  for (std::size_t step = 0; step < reference["rates"].size(); ++step) {
    optimizer.zero_grad();
    parameter.mutable_grad() = tensor_of(reference["gradients"][step]);
    optimizer.step(reference["rates"][step].get<double>());
    const at::Tensor wanted = tensor_of(reference["values"][name][step]);
    EXPECT_LT((parameter.detach() - wanted).abs().max().item<float>(), 3e-6) << "after step " << step + 1;
  }
}

TEST(Optimizer, StepsAsPyTorchs) {
  using enum OptimizerMethod;
  expect_pytorchs_steps("adam", {.method = kAdam});
  expect_pytorchs_steps("adam, weight decay",
                        {.method = kAdam, .weight_decay = 0.1, .beta1 = 0.8, .beta2 = 0.99, .eps = 1e-6});
  expect_pytorchs_steps("adamw", {.method = kAdamW, .weight_decay = 0.1});
  expect_pytorchs_steps("sgd", {.method = kSgd, .weight_decay = 0.1, .momentum = 0});
  expect_pytorchs_steps("sgd, momentum", {.method = kSgd, .weight_decay = 0.1, .momentum = 0.9});
  expect_pytorchs_steps("sgd, nesterov", {.method = kSgd, .momentum = 0.9, .nesterov = true});
}

TEST(Optimizer, LeavesParametersWithoutAGradientAlone) {
  const at::Tensor used = at::ones({2}).set_requires_grad(true), unused = at::ones({2}).set_requires_grad(true);
  Optimizer optimizer({{"used", used}, {"unused", unused}}, {.method = OptimizerMethod::kSgd, .momentum = 0.9});
  used.sum().backward();
  optimizer.step(0.5);
  EXPECT_EQ(used[0].item<float>(), 0.5f);
  EXPECT_EQ(unused[0].item<float>(), 1);

  // The other's first gradient comes later: its momentum begins then, at 1; the used one's is 0.9·1 + 1.
  optimizer.zero_grad();
  (used.sum() + unused.sum()).backward();
  optimizer.step(0.5);
  EXPECT_FLOAT_EQ(used[0].item<float>(), 0.5f - 0.5f * 1.9f);
  EXPECT_EQ(unused[0].item<float>(), 0.5f);
}

TEST(Optimizer, FollowsIndicesWhereGradientAndParameterLieDifferentlyInMemory) {
  const auto trained = [](at::MemoryFormat format) {
    at::Tensor parameter = at::zeros({2, 3, 2, 2}).contiguous(format).set_requires_grad(true);
    parameter.mutable_grad() = at::ones({2, 3, 2, 2}).cumsum(1);  // contiguous
    Optimizer({{"weight", parameter}}, {.method = OptimizerMethod::kSgd, .momentum = 0}).step(1);
    return parameter.detach().contiguous();
  };
  EXPECT_TRUE(at::equal(trained(at::MemoryFormat::ChannelsLast), trained(at::MemoryFormat::Contiguous)));
}

TEST(Optimizer, RefusesNesterovWithoutMomentum) {
  EXPECT_THAT([] { Optimizer({}, {.method = OptimizerMethod::kSgd, .momentum = 0, .nesterov = true}); },
              ThrowsMessage<InputError>("'nesterov' needs 'momentum' above 0, got 0"));
}

// Three parameters, the last of which has no gradient; of the others together the norm is |(3, 4, 12)| = 13.
NamedTensors with_gradients() {
  NamedTensors out{{"a", at::zeros({2})}, {"b", at::zeros({1, 1})}, {"unused", at::zeros({2})}};
  for (auto& [name, tensor] : out) tensor.set_requires_grad(true);
  out[0].second.mutable_grad() = at::ones({2}).cumsum(0) + 2;
  out[1].second.mutable_grad() = at::ones({1, 1}) * 12;
  return out;
}

TEST(ClipGradients, ScalesAllByOneFactorToTheLimit) {
  const NamedTensors parameters = with_gradients();
  clip_gradients(parameters, 6.5);
  EXPECT_EQ(parameters[0].second.grad()[0].item<float>(), 1.5f);
  EXPECT_EQ(parameters[0].second.grad()[1].item<float>(), 2);
  EXPECT_EQ(parameters[1].second.grad().item<float>(), 6);
  EXPECT_FALSE(parameters[2].second.grad().defined());
}

TEST(ClipGradients, LeavesGradientsUpToTheLimitBitForBit) {
  for (const double clip_norm : {13.0, 1e30}) {
    const NamedTensors parameters = with_gradients(), untouched = with_gradients();
    clip_gradients(parameters, clip_norm);
    for (const std::size_t i : {0, 1})
      EXPECT_TRUE(at::equal(parameters[i].second.grad(), untouched[i].second.grad())) << clip_norm;
  }
  const NamedTensors still{{"still", at::zeros({2}).set_requires_grad(true)}};
  clip_gradients(still, 1);  // no gradient at all
  still[0].second.mutable_grad() = at::zeros({2});
  clip_gradients(still, 1);
  EXPECT_TRUE(at::equal(still[0].second.grad(), at::zeros({2})));
  EXPECT_THAT([&] { clip_gradients(still, 0); },
              ThrowsMessage<InputError>("'clip_norm' must be above 0 where gradients are clipped, but is 0"));
}

TEST(Schedule, FollowsItsFormula) {
  using enum Schedule;
  EXPECT_EQ(schedule_factor(kConstant, 7, 10), 1);
  EXPECT_EQ(schedule_factor(kCosine, 0, 10), 1);
  EXPECT_NEAR(schedule_factor(kCosine, 5, 10), 0.5, 1e-15);
  EXPECT_NEAR(schedule_factor(kCosine, 10, 10), 0, 1e-15);
  EXPECT_NEAR(schedule_factor(kOneCycle, 0, 100), 0.04, 1e-15);
  EXPECT_NEAR(schedule_factor(kOneCycle, 15, 100), 0.52, 1e-15);  // half way from 0.04 to 1
  EXPECT_NEAR(schedule_factor(kOneCycle, 30, 100), 1, 1e-15);
  EXPECT_NEAR(schedule_factor(kOneCycle, 65, 100), 0.50005, 1e-15);  // half way from 1 to 0.0001
  EXPECT_NEAR(schedule_factor(kOneCycle, 100, 100), 0.0001, 1e-15);
}

TEST(Schedule, WarmsUpFirst) {
  EXPECT_EQ(schedule_factor(Schedule::kCosine, 0, 14, {.warmup = 4}), 0.25);
  EXPECT_EQ(schedule_factor(Schedule::kCosine, 3, 14, {.warmup = 4}), 1);
  EXPECT_EQ(schedule_factor(Schedule::kCosine, 4, 14, {.warmup = 4}), 1);
  EXPECT_NEAR(schedule_factor(Schedule::kCosine, 9, 14, {.warmup = 4}), 0.5, 1e-15);
  EXPECT_EQ(schedule_factor(Schedule::kConstant, 1, 14, {.warmup = 4}), 0.5);
  EXPECT_THAT([] { schedule_factor(Schedule::kOneCycle, 0, 10, {.warmup = 2}); },
              ThrowsMessage<InputError>("a one-cycle schedule rises by itself: 'warmup' must be 0, but is 2"));
  EXPECT_THAT([] { schedule_factor(Schedule::kCosine, 11, 10); },
              ThrowsMessage<InputError>("step 11 of 10 does not exist"));
}

TEST(Schedule, DropsByItsFactorEveryFewSteps) {
  const auto at = [](Index step, Index warmup = 0) {
    return schedule_factor(Schedule::kStep, step, 30, {.warmup = warmup, .drop_every = 10, .drop_factor = 0.5});
  };
  EXPECT_EQ(at(0), 1);
  EXPECT_EQ(at(9), 1);
  EXPECT_EQ(at(10), 0.5);
  EXPECT_EQ(at(19), 0.5);
  EXPECT_EQ(at(20), 0.25);
  EXPECT_EQ(at(30), 0.125);
  EXPECT_EQ(at(0, 4), 0.25);  // of the warmup
  EXPECT_EQ(at(4, 4), 1);
  EXPECT_EQ(at(10, 4), 0.5);
  EXPECT_EQ(schedule_factor(Schedule::kStep, 1, 2, {.drop_every = 1}), 0.1);
  EXPECT_THAT([] { schedule_factor(Schedule::kStep, 0, 10); },
              ThrowsMessage<InputError>(
                  "a step schedule drops after at least 1 step by a factor above 0, got 0 steps and a factor of 0.1"));
}

}  // namespace
}  // namespace shoal
