#include "shoal/torch/reconstruction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/torch/testing_toys.h"

namespace shoal {
namespace {

using testing::Blobs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Host;
using ::testing::SizeIs;
using testing::TestInputs;
using ::testing::ThrowsMessage;

/// Decodes everything to the same number, twice.
class Constant final : public Decoder {
 public:
  explicit Constant(float value) : value_(value) {}
  at::Tensor decode(const at::Tensor& embedding) override { return at::full({embedding.size(0), 2}, value_); }

 private:
  float value_;
};

/// Adds 1 to everything.
class PlusOne final : public Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const Random&) const override { return batch + 1; }
};

const Batches::Batch kBatch{.rows = {}, .clean = at::full({3, 2}, 0.25), .seen = at::full({3, 2}, 1.0)};
const at::Tensor kEmbedding = at::full({3, 1}, 0.0);

double loss_of(float decoded, const ReconstructionOptions& options) {
  Constant decoder(decoded);
  return reconstruction_loss(decoder, kEmbedding, kBatch, options).item<double>();
}

TEST(ReconstructionLoss, IsTheMeanOverAllNumbers) {
  using enum ReconstructionLoss;
  using enum ReconstructionTarget;
  EXPECT_FLOAT_EQ(loss_of(0.75, {kMse, kClean}), 0.25);
  EXPECT_FLOAT_EQ(loss_of(0.75, {kMse, kAugmented}), 0.0625);
  // The logit ln 3 is a probability of 3/4: −¼ ln ¾ − ¾ ln ¼.
  const auto logit = static_cast<float>(std::log(3));
  EXPECT_FLOAT_EQ(loss_of(logit, {kBce, kClean}), static_cast<float>(-0.25 * std::log(0.75) - 0.75 * std::log(0.25)));
  EXPECT_FLOAT_EQ(loss_of(logit, {kBce, kAugmented}), static_cast<float>(-std::log(0.75)));
}

TEST(ReconstructionLoss, NamesTheShapesWhereADecoderReturnsAnother) {
  Constant decoder(0);
  const Batches::Batch images{.rows = {}, .clean = at::full({3, 1, 2}, 0.0), .seen = at::full({3, 1, 2}, 0.0)};
  EXPECT_THAT([&] { reconstruction_loss(decoder, kEmbedding, images, {}); },
              ThrowsMessage<InputError>("the decoder must return examples of shape (3, 1, 2), but returns (3, 2)"));
}

TEST(RequireReconstructible, SaysWhatIsMissing) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 50);
  const Examples blobs(host.context(), *inputs.dataset("data"));  // noise takes some below 0
  EXPECT_THAT([&] { require_reconstructible({.loss = ReconstructionLoss::kBce}, blobs, false); },
              ThrowsMessage<InputError>(HasSubstr("loss 'bce' needs examples in [0, 1], but 'data' hold -0.")));
  EXPECT_THAT([&] { require_reconstructible({.target = ReconstructionTarget::kAugmented}, blobs, false); },
              ThrowsMessage<InputError>("target 'augmented' needs an augmentation, but none is wired"));
  EXPECT_NO_THROW(require_reconstructible({.target = ReconstructionTarget::kAugmented}, blobs, true));
}

TEST(DecoderOf, FindsTheDecoderOfAnEncoderThatHasOne) {
  testing::ToyAutoencoder both;
  testing::ToyEncoder one_way;
  EXPECT_EQ(&decoder_of(both), static_cast<Decoder*>(&both));
  EXPECT_THAT([&] { decoder_of(one_way); }, ThrowsMessage<Unsupported>(HasSubstr("the encoder cannot decode")));
}

TEST(Batches, AreAllExamplesOfEachEpochInANewOrder) {  // 7 in batches of 3: the one left over joins the second
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 7);
  const Examples data(host.context(), *inputs.dataset("data"));
  Batches batches(host.context(), data, nullptr, 3), again(host.context(), data, nullptr, 3);
  EXPECT_EQ(batches.steps_per_epoch(), 2);
  std::vector<at::Tensor> orders;
  for (Index epoch = 1; epoch <= 2; ++epoch) {
    const Batches::Batch first = batches.next(), second = batches.next();
    EXPECT_EQ(first.epoch, epoch);
    EXPECT_EQ(second.epoch, epoch);
    EXPECT_THAT(second.rows.sizes(), ElementsAre(4));
    orders.push_back(at::cat({first.rows, second.rows}));
    EXPECT_TRUE(at::equal(std::get<0>(orders.back().sort()), at::arange(7)));
    EXPECT_TRUE(at::equal(second.clean, data.range(0, 7).index_select(0, second.rows)));
    EXPECT_TRUE(second.seen.is_same(second.clean));
    EXPECT_TRUE(at::equal(again.next().rows, first.rows));
    again.next();
  }
  EXPECT_FALSE(at::equal(orders[0], orders[1]));
}

TEST(Batches, AreSeenAugmented) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 4);
  const Examples data(host.context(), *inputs.dataset("data"));
  const PlusOne plus_one;
  const Batches::Batch batch = Batches(host.context(), data, &plus_one, 4).next();
  EXPECT_TRUE(at::equal(batch.seen, batch.clean + 1));
}

TEST(StepNumbers, AreReportedEachAndSummedByWeight) {
  Host host;
  StepNumbers numbers(host.context(), {"loss", ""}, /*steps_before=*/10);
  numbers.add({{at::full({}, 2.0), 3}, {at::full({}, 5.0), 1}}, 1, 0.1);
  numbers.add({{at::full({}, 4.0), 1}, {at::full({}, 6.0), 1}}, 1, 0.1);
  EXPECT_THAT(numbers.take_sums(), ElementsAre(10, 11));
  EXPECT_THAT(numbers.take_sums(), ElementsAre(0, 0));
  ASSERT_THAT(host.scalars(), SizeIs(2));
  EXPECT_EQ(host.scalars()[1].step, 12);
  numbers.add({{at::full({}, std::nan("")), 1}, {at::full({}, 6.0), 1}}, 2, 0.1);
  EXPECT_THAT([&] { numbers.take_sums(); },
              ThrowsMessage<Error>(HasSubstr("loss is NaN at step 13 (epoch 2, learning rate 0.1)")));
}

}  // namespace
}  // namespace shoal
