#include "shoal/torch/training.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <numeric>

#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Examples;
using shoal::Index;
using shoal::NamedTensors;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::ToyHead;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Blobs as they are, and two heads that do not move.
class TrainEpoch : public ::testing::Test {
 protected:
  TrainEpoch() {
    inputs.wire<Blobs>("data", 40);
    inputs.wire<AsItIs>("encoder");
    inputs.wire<ToyHead>("head");
    data.emplace(host.context(), *inputs.dataset("data"));
    encoder = inputs.encoder("encoder", data->shape());
    encoder_optimizer.emplace(encoder->parameters(), shoal::OptimizerOptions{});
    for (Index draw = 0; draw < 2; ++draw) {
      heads.push_back(inputs.head("head", 4, 4, draw));
      optimizers.emplace_back(heads.back()->parameters(), shoal::OptimizerOptions{});
    }
    std::iota(rows.begin(), rows.end(), 0);
  }

  shoal::EpochResult train(std::span<const shoal::HeadTask> further, const at::Tensor& labels) {
    return shoal::train_epoch(host.context(),
                              {.examples = *data,
                               .encoder = *encoder,
                               .head = *heads[0],
                               .encoder_optimizer = *encoder_optimizer,
                               .head_optimizer = optimizers[0],
                               .further_heads = further},
                              {.rows = rows,
                               .labels = labels,
                               .batch_size = 16,
                               .learning_rate = [](Index) { return 0.0; },
                               .on_embedding =
                                   [&](std::span<const Index> which, const at::Tensor& embedding) {
                                     heard.insert(heard.end(), which.begin(), which.end());
                                     EXPECT_TRUE(at::equal(embedding, data->batch(which).flatten(1)));
                                     EXPECT_FALSE(embedding.requires_grad());
                                   }});
  }
  double loss_of(std::size_t head, const std::vector<Index>& of, const at::Tensor& labels) {
    const at::Tensor which = shoal::borrowed_tensor(shoal::ConstArray(of));
    return at::cross_entropy_loss(heads[head]->forward(data->batch(of).flatten(1)), labels.index_select(0, which))
        .item<double>();
  }

  Host host;
  TestInputs inputs{host};
  std::optional<Examples> data;
  std::unique_ptr<shoal::Encoder> encoder;
  std::optional<shoal::Optimizer> encoder_optimizer;
  std::vector<std::unique_ptr<shoal::Head>> heads;
  std::vector<shoal::Optimizer> optimizers;
  std::vector<Index> rows = std::vector<Index>(40);
  std::vector<Index> heard;
};

TEST_F(TrainEpoch, TakesTheMeanOfSeveralHeadsAndTellsOfEachEmbedding) {
  const at::Tensor other = (data->labels() + 1).remainder(4);
  const std::vector<shoal::HeadTask> further{{*heads[1], optimizers[1], other}};
  const shoal::EpochResult result = train(further, data->labels());
  const double first = loss_of(0, rows, data->labels()), second = loss_of(1, rows, other);
  ASSERT_THAT(result.head_losses, SizeIs(2));
  EXPECT_NEAR(result.head_losses[0], first, 1e-6);
  EXPECT_NEAR(result.head_losses[1], second, 1e-6);
  EXPECT_GT(std::abs(first - second), 1e-3);
  EXPECT_NEAR(result.loss, (first + second) / 2, 1e-6);
  EXPECT_EQ(heard, rows);
  for (const auto& head : heads) EXPECT_FALSE(head->training());
}

TEST_F(TrainEpoch, LeavesExamplesWithoutALabelToTheOtherHead) {
  // The second head has labels for examples 0 to 19: of batches 0–15, 16–31 and 32–39 all, four, none.
  const at::Tensor few = data->labels().clone();
  few.narrow(0, 20, 20).fill_(-1);
  const std::vector<shoal::HeadTask> further{{*heads[1], optimizers[1], few}};
  const shoal::EpochResult result = train(further, data->labels());
  const std::vector<Index> half(rows.begin(), rows.begin() + 20);
  EXPECT_NEAR(result.head_losses[0], loss_of(0, rows, data->labels()), 1e-6);
  EXPECT_NEAR(result.head_losses[1], loss_of(1, half, few), 1e-6);

  const at::Tensor none = data->labels().clone().fill_(-1);
  EXPECT_THAT([&] { train({}, none); },
              ThrowsMessage<shoal::InputError>(HasSubstr("a batch has no example with a label")));
}

TEST_F(TrainEpoch, IsOneHeadsOwnLossWhereThereIsOne) {
  const shoal::EpochResult result = train({}, data->labels());
  EXPECT_THAT(result.head_losses, ElementsAre(result.loss));
}

TEST_F(TrainEpoch, MakesNoStepWhereThereIsNoLoss) {
  const NamedTensors& parameters = heads[0]->parameters();
  const at::Tensor before = parameters[0].second.detach().clone();
  std::vector<Index> steps;
  const auto train_on = [&](Index first, Index last) {  // of batches 0–15, 16–31 and 32–39: those with a loss
    Index step = 0;
    return shoal::train_steps(host.context(), {{*heads[0], optimizers[0]}}, 0,
                              {.rows = rows, .batch_size = 16, .learning_rate = [](Index) { return 0.01; }},
                              [&](std::span<const Index> batch, const shoal::Random&) {
                                const Index at = step++;
                                if (at < first || at > last) return at::Tensor();
                                return parameters[0].second.sum() * 0 + static_cast<double>(batch.size());
                              });
  };
  EXPECT_NEAR(train_on(1, 2), (16.0 * 16 + 8 * 8) / 24, 1e-6);  // the mean over the rows of the second and third
  for (const auto& scalar : host.scalars()) steps.push_back(scalar.step);
  EXPECT_THAT(steps, ElementsAre(2, 3));  // under their own numbers
  EXPECT_TRUE(at::equal(parameters[0].second, before));
  EXPECT_THAT([&] { train_on(5, 5); }, ThrowsMessage<shoal::Error>("no step of epoch 1 had anything to learn from"));
  EXPECT_FALSE(heads[0]->training());
}

TEST(FullBatches, AreThoseOfExactlyThatManyExamples) {
  Host host;
  EXPECT_EQ(shoal::full_batches(host.context(), 200, 32), 6);
  ASSERT_THAT(host.log(), SizeIs(1));
  EXPECT_EQ(host.log()[0].text, "each epoch leaves out 8 of 200 examples, others each time: batches are of 32");
  EXPECT_EQ(shoal::full_batches(host.context(), 192, 32), 6);
  EXPECT_THAT(host.log(), SizeIs(1));
  EXPECT_THAT([&] { shoal::full_batches(host.context(), 31, 32); },
              ThrowsMessage<shoal::InputError>("'batch_size' must be at most the number of examples, 31, but is 32"));
}

TEST(Batches, GoOnAfterThoseThatAreSkipped) {
  Host host({.seed = 4});
  shoal::testing::TestInputs inputs(host);
  inputs.wire<shoal::testing::Blobs>("data", 20);
  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  for (const Index skipped : {0, 1, 3, 4, 9}) {  // three make an epoch
    shoal::Batches taken(host.context(), data, nullptr, 8), fresh(host.context(), data, nullptr, 8);
    for (Index i = 0; i < skipped; ++i) taken.next();
    fresh.skip(skipped);
    for (int i = 0; i < 4; ++i) {
      const auto wanted = taken.next(), got = fresh.next();
      EXPECT_TRUE(at::equal(got.rows, wanted.rows)) << skipped;
      EXPECT_EQ(got.epoch, wanted.epoch) << skipped;
    }
  }
}

}  // namespace
