#include "embed.h"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;

TEST(Embed, GivesWhatTheEncoderMakesOfEachExample) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("data", 300);
  TestOutputs outputs;
  Embed().run(host.context(), inputs, outputs);
  const auto features = outputs.arrays.at("features").view();
  ASSERT_EQ(features.rows(), 300);
  ASSERT_EQ(features.cols(), 16);

  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const auto encoder = inputs.encoder("encoder", data.shape());
  encoder->train(false);
  const at::Tensor last = encoder->forward(data.range(299, 300));
  for (shoal::Index j = 0; j < 16; ++j)
    EXPECT_NEAR(features.matrix<float>()(299, j), last[0][j].item<float>(),
                1e-5);  // a batch of one is added up otherwise
}

/// Its embedding is 0, its readout the example as it is.
class BlindAtLast final : public shoal::Encoder, public shoal::Readouts {
 public:
  void build(shoal::Context&, const shoal::Shape&) override {}
  shoal::Index embedding_size() const override { return 1; }
  at::Tensor forward(const at::Tensor& examples) override { return examples.flatten(1).narrow(1, 0, 1) * 0; }
  std::vector<Place> readouts() const override { return {{"sight", 4}}; }
  at::Tensor forward_to(std::size_t, const at::Tensor& examples) override { return examples.flatten(1); }
};

TEST(Embed, ReadsTheEncoderWhereItIsTold) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 300);
  inputs.wire<BlindAtLast>("encoder");
  TestOutputs blind, sight;
  Embed().run(host.context(), inputs, blind);
  EXPECT_EQ(blind.arrays.at("features").view().cols(), 1);
  EmbedParams params;
  params.readout = "sight";
  Embed(params).run(host.context(), inputs, sight);
  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const at::Tensor examples = data.range(0, 300).flatten(1);
  EXPECT_EQ(sight.arrays.at("features").view().matrix<float>(), shoal::view(examples).matrix<float>());
}

/// Adds to all numbers of example i of a batch one normal number.
class Shift final : public shoal::Augmentation {
 public:
  at::Tensor apply(shoal::Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    at::Tensor out = batch.clone();
    for (shoal::Index i = 0; i < out.size(0); ++i) out[i] += random.fork(static_cast<std::uint64_t>(i)).normal();
    return out;
  }
};

TEST(Embed, GivesAViewOfEachExampleWhereAnAugmentationIsWired) {
  const auto shifts = [](std::uint64_t seed) {
    Host host({.seed = seed});
    TestInputs inputs(host);
    inputs.wire<shoal::testing::AsItIs>("encoder");
    inputs.wire<Blobs>("data", 600);
    TestOutputs clean, moved;
    Embed().run(host.context(), inputs, clean);
    inputs.wire<Shift>("augmentation");
    Embed().run(host.context(), inputs, moved);
    return Eigen::MatrixXf(moved.arrays.at("features").view().matrix<float>() -
                           clean.arrays.at("features").view().matrix<float>());
  };
  const Eigen::MatrixXf first = shifts(1);
  EXPECT_NEAR((first.colwise() - first.col(0)).cwiseAbs().maxCoeff(), 0, 1e-5);  // one number for an example
  EXPECT_NE(first(0, 0), first(1, 0));
  EXPECT_NE(first(0, 0), first(256, 0));  // the first of the next batch
  EXPECT_EQ(first, shifts(1));
  EXPECT_NE(first, shifts(2));
}

TEST(Embed, GivesFloat32NearTheExactOnesOfBFloat16) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("data", 300);
  TestOutputs exact, rounded;
  Embed().run(host.context(), inputs, exact);
  EmbedParams params;
  params.precision = shoal::Precision::kBFloat16;
  Embed(params).run(host.context(), inputs, rounded);
  const Eigen::MatrixXf wanted = exact.arrays.at("features").view().matrix<float>();
  const Eigen::MatrixXf got = rounded.arrays.at("features").view().matrix<float>();
  EXPECT_NE(got, wanted);
  EXPECT_LT((got - wanted).norm(), 0.01 * wanted.norm());  // 8 bits: 0.004 of each number
  EXPECT_EQ(exact.numbers.at("precision_bits"), 32);
  EXPECT_EQ(rounded.numbers.at("precision_bits"), 16);
}

}  // namespace
