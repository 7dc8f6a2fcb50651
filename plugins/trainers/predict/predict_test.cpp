#include "predict.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Index;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyHead;
using ::testing::ThrowsMessage;

/// Logits (1, x₀, 3·x₁) of the numbers x: without noise those of corner 0000 are (1, 0, 0), of 1100 (1, 1, 3), of 1010
/// (1, 1, 0), where the two are equal.
class Three final : public shoal::Head {
 public:
  void build(shoal::Context&, Index, Index classes) override { shoal::require(classes == 3, "for {}", classes); }
  at::Tensor forward(const at::Tensor& x) override {
    at::Tensor out = x.narrow(1, 0, 3).clone();
    out.select(1, 0).fill_(1);
    out.select(1, 1).copy_(x.select(1, 0));
    out.select(1, 2).copy_(x.select(1, 1).mul(3));
    return out;
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.sum(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
};

void wire(TestInputs& inputs) {
  inputs.wire<AsItIs>("encoder");
  inputs.wire<Three>("head");
  inputs.wire<Blobs>("data", 600, 3, /*noise=*/0.0);
}

TEST(Predict, GivesTheClassOfTheLargestLogitAndTheHeadsProbabilities) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  inputs.trained_for("head", 3);
  TestOutputs outputs;
  Predict().run(host.context(), inputs, outputs);
  const auto predicted = outputs.arrays.at("predicted").view().vector<std::int64_t>();
  const auto p = outputs.arrays.at("probabilities").view().matrix<float>();
  ASSERT_EQ(predicted.size(), 600u);
  ASSERT_EQ(p.rows(), 600);
  for (Index i = 0; i < 600; ++i) EXPECT_EQ(predicted[static_cast<std::size_t>(i)], i % 3 == 1 ? 2 : 0) << i;
  // softmax of (1, 1, 3): e²/(e² + 2) = .786986; of (1, 0, 0): e/(e + 2) = .576117.
  EXPECT_NEAR(p(1, 2), 0.786986, 1e-6);
  EXPECT_NEAR(p(0, 0), 0.576117, 1e-6);
  EXPECT_NEAR(p(599, 0), p(599, 1), 1e-7);
}

TEST(Predict, NeedsAHeadThatWasTrained) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  TestOutputs outputs;
  EXPECT_THAT([&] { Predict().run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>("the head wired to 'head' is not a trained one"));
}

}  // namespace
