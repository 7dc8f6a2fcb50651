#include "confusion_merge.h"

#include <ATen/ops/flip.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Index;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Logits from the distances to the corners of the cube that Blobs are around, sharply.
class NearestCorner final : public shoal::Head {
 public:
  void build(shoal::Context&, Index, Index classes) override { classes_ = classes; }
  at::Tensor forward(const at::Tensor& embedding) override {
    static constexpr float kCorners[8][4] = {{0, 0, 0, 0}, {1, 1, 0, 0}, {1, 0, 1, 0}, {0, 1, 1, 0},
                                             {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}, {1, 1, 1, 1}};
    at::Tensor out = at::zeros({embedding.size(0), classes_});
    for (Index i = 0; i < embedding.size(0); ++i)
      for (Index c = 0; c < classes_; ++c) {
        float square = 0;
        for (Index j = 0; j < 4; ++j) {
          const float difference = embedding[i][j].item<float>() - kCorners[c][j];
          square += difference * difference;
        }
        out[i][c] = -20 * square;
      }
    return out;
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.sum(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }

 private:
  Index classes_ = 0;
};

/// Turns the four numbers about: corner 0000 stays, 1100 becomes 0011, 1010 becomes 0101, and so on.
class Reverse final : public shoal::Augmentation {
 public:
  at::Tensor apply(shoal::Context&, const at::Tensor& batch, const shoal::Random&) const override {
    return batch.flatten(1).flip({1}).reshape(batch.sizes()).contiguous();
  }
};

void wire(TestInputs& inputs) {
  inputs.wire<Blobs>("data", 80, 8);
  inputs.wire<AsItIs>("encoder");
  inputs.wire<NearestCorner>("head");
  inputs.wire<Reverse>("augmentation");
}

ConfusionMergeParams unbalanced(Index classes, Index candidates) {
  ConfusionMergeParams params;
  params.classes = classes;
  params.candidates = candidates;
  params.balance = 0;
  return params;
}

TEST(ConfusionMerge, JoinsClustersThatTheAugmentationExchanges) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  std::vector<std::int64_t> labels;
  for (Index i = 0; i < 80; ++i) labels.push_back(i % 8);
  inputs.wire_array("labels", host.context().copy(labels));
  TestOutputs outputs;
  ConfusionMerge(unbalanced(5, 8)).run(host.context(), inputs, outputs);
  // Corners 0000 and 1111 stay; 1100 ↔ 0011, 1010 ↔ 0101; 0110 and 1001 stay: six classes, of which the best five join
  // two that are never confused at a loss of J; which, is a matter of the noise. Pairs are together in any case.
  const auto class_of = outputs.arrays.at("class_of_cluster").view().vector<std::int64_t>();
  EXPECT_EQ(class_of[1], class_of[6]);
  EXPECT_EQ(class_of[2], class_of[5]);
  const auto merged = outputs.arrays.at("labels").view().vector<std::int64_t>();
  for (Index i = 0; i < 80; ++i)
    EXPECT_EQ(merged[static_cast<std::size_t>(i)], class_of[static_cast<std::size_t>(i % 8)]);
}

TEST(ConfusionMerge, FindsTheSixClassesThatAreLeft) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  std::vector<std::int64_t> labels;
  for (Index i = 0; i < 80; ++i) labels.push_back(i == 3 ? -1 : i % 8);
  inputs.wire_array("labels", host.context().copy(labels));
  TestOutputs outputs;
  ConfusionMerge(unbalanced(6, 7)).run(host.context(), inputs, outputs);
  EXPECT_THAT(outputs.arrays.at("class_of_cluster").view().vector<std::int64_t>(), ElementsAre(0, 1, 2, 3, 4, 2, 1, 5));
  EXPECT_EQ(outputs.arrays.at("labels").view().vector<std::int64_t>()[3], -1);
  EXPECT_NEAR(outputs.numbers.at("objective"), 6, 0.01);  // nearly all confusion lies within
}

TEST(ConfusionMerge, SaysWhatDoesNotFit) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  TestOutputs outputs;
  inputs.wire_array("labels", host.context().copy(std::vector<std::int64_t>(79, 0)));
  EXPECT_THAT([&] { ConfusionMerge({}).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'data' has 80 examples, but 'labels' are 79")));
  std::vector<std::int64_t> labels;
  for (Index i = 0; i < 80; ++i) labels.push_back(i % 8);
  TestInputs few(host);
  wire(few);
  few.wire_array("labels", host.context().copy(labels));
  EXPECT_THAT([&] { ConfusionMerge({}).run(host.context(), few, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("10 classes are asked for, but 'labels' are 8 clusters")));
}

}  // namespace
