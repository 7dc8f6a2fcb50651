#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <memory>
#include <vector>

#include "shoal/testing_component.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"
#include "shoal/torch/trainer.h"

namespace {

using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;

/// 240 points of four classes, well apart, and a small network that is to learn them.
struct Training {
  explicit Training(std::uint64_t seed = 0) : host({.seed = seed}) {
    inputs.wire<Blobs>("data", 240);
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<ToyHead>("head");
  }
  void train() {
    const Made made(host.context(), "trainer/@name@", {{"epochs", 4}, {"batch_size", 32}, {"learning_rate", 0.01}});
    shoal::torch_component<shoal::Trainer>(made.object()).run(host.context(), inputs, outputs);
  }
  Host host;
  TestInputs inputs{host};
  TestOutputs outputs;
};

TEST(@class@, LearnsClassesThatLieApart) {
  Training run;
  run.train();
  EXPECT_GT(run.outputs.numbers.at("accuracy"), 0.98);
  const std::vector<double> loss = shoal::testing::series(run.host, "train_loss");
  ASSERT_EQ(loss.size(), 4u);
  EXPECT_LT(loss.back(), 0.5 * loss.front());
  EXPECT_EQ(shoal::testing::series(run.host, "loss").size(), 4 * 8u);  // 240 examples are 8 batches of at most 32
}

TEST(@class@, IsTheSameFromTheSameSeed) {
  Training one(1), same(1), other(2);
  for (Training* run : {&one, &same, &other}) run->train();
  const auto weight = [](const Training& run) { return run.outputs.encoders.at("encoder")->parameters()[0].second; };
  EXPECT_TRUE(at::equal(weight(one), weight(same)));
  EXPECT_FALSE(at::equal(weight(one), weight(other)));
}

TEST(@class@, GoesOnFromACheckpointToTheSameBytes) {
  const shoal::testing::Resume<Training> run([] { return std::make_unique<Training>(); },
                                             [](Training& each) { each.train(); });
  for (const int stop : {1, 2, 3}) EXPECT_EQ(run.difference(stop), "");
  EXPECT_THAT(run.idle_pieces(2), ::testing::IsEmpty());  // each piece of a checkpoint is missed where it is not there
}

}  // namespace
