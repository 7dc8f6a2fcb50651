// Checkpoints: what is kept comes back, and who loads goes on as the other would have.
#include "shoal/torch/checkpoint.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>

#include "shoal/testing_checkpoint.h"
#include "shoal/torch/optimizer.h"

namespace shoal {
namespace {

using testing::Checkpoints;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Host;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

TEST(Checkpoint, DoesNothingWhereTheHostKeepsNone) {
  Host host;
  const Checkpoint checkpoint(host.context(), "epoch");
  EXPECT_EQ(checkpoint.restore([](const StateReader&) { FAIL(); }), 0);
  checkpoint.offer(1, [](StateWriter&) { FAIL(); });
}

TEST(Checkpoint, GivesTheNextHostTheLastOneAndSaysSo) {
  Checkpoints kept;
  Host first;
  kept.serve(first);
  const Checkpoint before(first.context(), "epoch");
  EXPECT_EQ(before.restore([](const StateReader&) { FAIL(); }), 0);
  for (const std::int64_t epoch : {1, 2}) {
    before.offer(epoch, [&](StateWriter& state) {
      save_number(state, "steps", 10 * epoch);
      save_number(state, "best", 0.5);
      state.put("labels", ConstArray(std::vector<std::int64_t>{3, epoch}));
    });
  }
  Host second;
  kept.serve(second);
  std::vector<std::int64_t> labels;
  const Index done = Checkpoint(second.context(), "epoch").restore([&](const StateReader& state) {
    EXPECT_EQ(load_number<std::int64_t>(state, "steps"), 20);
    EXPECT_EQ(load_number<double>(state, "best"), 0.5);
    labels = load_vector<std::int64_t>(state, "labels");
  });
  EXPECT_EQ(done, 2);
  EXPECT_THAT(labels, ElementsAre(3, 2));
  ASSERT_THAT(second.log(), SizeIs(1));
  EXPECT_EQ(second.log()[0].text, "goes on after epoch 2, where an earlier run was stopped");
}

TEST(Checkpoint, IsNotOfComponentsThatAnotherOneCalls) {
  Checkpoints kept;
  Host host;
  kept.serve(host);
  SubContext own(host.context(), "clusterer");
  Checkpoint(own, "iteration").offer(1, [](StateWriter&) { FAIL(); });
  EXPECT_TRUE(kept.empty());
}

TEST(Checkpoint, OneThatDoesNotLoadIsPutAside) {
  Checkpoints kept;
  Host host;
  kept.serve(host);
  const Checkpoint checkpoint(host.context(), "epoch");
  checkpoint.offer(1, [](StateWriter& state) { save_number(state, "steps", std::int64_t{4}); });
  const auto load = [](const StateReader& state) { load_number<double>(state, "best"); };
  EXPECT_THAT([&] { checkpoint.restore(load); }, ThrowsMessage<InputError>(HasSubstr("no array 'best'")));
  EXPECT_EQ(kept.rejected(), 1);
  EXPECT_EQ(checkpoint.restore(load), 0);
}

TEST(Checkpoint, WhatSavingThrowsReachesTheCaller) {
  Checkpoints kept;
  Host host;
  kept.serve(host);
  const Checkpoint checkpoint(host.context(), "epoch");
  const auto save = [](StateWriter&) { throw InputError("no memory of epoch 1"); };
  EXPECT_THAT([&] { checkpoint.offer(1, save); }, ThrowsMessage<InputError>("no memory of epoch 1"));
  EXPECT_TRUE(kept.empty());
}

TEST(TensorsInCheckpoints, ComeBackWithTheStridesOfTheirTarget) {
  Checkpoints kept;
  Host host;
  kept.serve(host);
  const at::Tensor weight = at::randn({2, 3, 4, 4}).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor scalar = at::full({}, 7.0);
  const Checkpoint checkpoint(host.context(), "epoch");
  checkpoint.offer(1, [&](StateWriter& state) { save_tensors(state, "net", {{"weight", weight}, {"step", scalar}}); });
  at::Tensor into = at::ones({2, 3, 4, 4}).contiguous(at::MemoryFormat::ChannelsLast), step = at::full({}, 0.0);
  checkpoint.restore([&](const StateReader& state) {
    load_tensors(state, "net", {{"weight", into}, {"step", step}});
    EXPECT_THAT(
        [&] {
          load_tensor(state, "net.weight", at::ones({2, 3}));
        },
        ThrowsMessage<InputError>("'net.weight' of the saved state has shape (2, 3, 4, 4), not (2, 3)"));
    EXPECT_TRUE(at::equal(load_tensor(state, "net.weight"), weight));
  });
  EXPECT_TRUE(at::equal(into, weight));
  EXPECT_EQ(into.strides(), weight.strides());
  EXPECT_EQ(step.item<double>(), 7);
}

/// Three steps, or one step, a checkpoint, and two steps of an optimiser that loads it: of two parameters of which one
/// gets its first gradient only after the checkpoint.
at::Tensor after_steps(const OptimizerOptions& options, bool interrupted) {
  at::Tensor used = at::full({4}, 1.0f).set_requires_grad(true), late = at::full({4}, 2.0f).set_requires_grad(true);
  const NamedTensors parameters = {{"used", used}, {"late", late}};
  auto optimizer = std::make_unique<Optimizer>(parameters, options);
  Checkpoints kept;
  Host host;
  kept.serve(host);
  for (int step = 1; step <= 3; ++step) {
    optimizer->zero_grad();
    at::Tensor loss = (used * used).sum() * step;
    if (step > 1) loss = loss + (late * late * late).sum();
    loss.backward();
    optimizer->step();
    if (step > 1 || !interrupted) continue;
    const Checkpoint checkpoint(host.context(), "step");
    checkpoint.offer(step, [&](StateWriter& state) { optimizer->save(state, "optimizer"); });
    optimizer = std::make_unique<Optimizer>(parameters, options);
    EXPECT_EQ(checkpoint.restore([&](const StateReader& state) { optimizer->load(state, "optimizer"); }), 1);
  }
  return at::cat({used.detach(), late.detach()});
}

TEST(OptimizerInCheckpoints, GoesOnByteForByte) {
  for (const OptimizerMethod method : {OptimizerMethod::kAdam, OptimizerMethod::kAdamW, OptimizerMethod::kSgd}) {
    for (const double momentum : {0.0, 0.9}) {
      OptimizerOptions options;
      options.method = method;
      options.momentum = momentum;
      options.weight_decay = 0.01;
      EXPECT_TRUE(at::equal(after_steps(options, false), after_steps(options, true)))
          << static_cast<int>(method) << " " << momentum;
    }
  }
}

TEST(OptimizerInCheckpoints, RefusesTheStateOfOtherParameters) {
  Checkpoints kept;
  Host host;
  kept.serve(host);
  const auto parameter = [] { return at::full({4}, 1.0f).set_requires_grad(true); };
  const Checkpoint checkpoint(host.context(), "step");
  checkpoint.offer(1, [&](StateWriter& state) { Optimizer({{"a", parameter()}}, {}).save(state, "optimizer"); });
  Optimizer other({{"a", parameter()}, {"b", parameter()}}, {});
  EXPECT_THAT([&] { checkpoint.restore([&](const StateReader& state) { other.load(state, "optimizer"); }); },
              ThrowsMessage<InputError>("'optimizer' of the saved state is of 1 parameters, not 2"));
}

}  // namespace
}  // namespace shoal
