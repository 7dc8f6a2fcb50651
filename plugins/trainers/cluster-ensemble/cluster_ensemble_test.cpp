#include "cluster_ensemble.h"

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
using Labels = std::vector<std::int64_t>;

/// AsItIs, of which number `which` says which of several it is.
class Numbered final : public shoal::Encoder {
 public:
  explicit Numbered(Index which) : which_(which) {}
  void build(shoal::Context&, const shoal::Shape&) override {}
  Index embedding_size() const override { return which_; }
  at::Tensor forward(const at::Tensor& examples) override { return examples; }

 private:
  Index which_;
};

const Labels kRight{0, 0, 0, 1, 1, 1}, kAstray{0, 1, 0, 1, 0, 1}, kNearlyRight{1, 1, 1, 0, 0, 1};

TEST(ClusterEnsemble, KeepsTheRunThatAgreesMostAndItsEncoder) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 6);
  for (const Labels& labels : {kAstray, kRight, kNearlyRight}) inputs.wire_array("labels", host.context().copy(labels));
  for (const Index which : {1, 2, 3}) inputs.wire<Numbered>("encoders", which);
  TestOutputs outputs;
  ClusterEnsemble({}).run(host.context(), inputs, outputs);
  EXPECT_EQ(outputs.numbers.at("chosen"), 2);
  EXPECT_EQ(outputs.encoders.at("encoder")->embedding_size(), 2);
  EXPECT_EQ(Labels(outputs.arrays.at("labels").view().vector<std::int64_t>().begin(),
                   outputs.arrays.at("labels").view().vector<std::int64_t>().end()),
            kRight);
  const std::vector<double> agreement = shoal::testing::series(host, "agreement");
  ASSERT_EQ(agreement.size(), 3U);
  EXPECT_EQ(outputs.numbers.at("best_agreement"), agreement[1]);
  EXPECT_GT(agreement[1], agreement[2]);
  EXPECT_GT(agreement[2], agreement[0]);
}

TEST(ClusterEnsemble, Votes) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 6);
  for (const Labels& labels : {kNearlyRight, kRight, kRight}) inputs.wire_array("labels", host.context().copy(labels));
  TestOutputs outputs;
  ClusterEnsemble({.combine = Combine::kVote}).run(host.context(), inputs, outputs);
  EXPECT_THAT(outputs.arrays.at("labels").view().vector<std::int64_t>(), ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_TRUE(outputs.encoders.empty());
}

TEST(ClusterEnsemble, SaysWhatDoesNotGoTogether) {
  const auto message = [](std::size_t labellings, std::size_t size, std::size_t encoders) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<Blobs>("data", 6);
    for (std::size_t i = 0; i < labellings; ++i) inputs.wire_array("labels", host.context().copy(Labels(size, 0)));
    for (std::size_t i = 0; i < encoders; ++i) inputs.wire<AsItIs>("encoders");
    TestOutputs outputs;
    try {
      ClusterEnsemble({}).run(host.context(), inputs, outputs);
    } catch (const shoal::InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message(1, 6, 0), "'labels' needs at least 2 labellings to compare, but 1 are wired");
  EXPECT_EQ(message(2, 5, 0), "'data' has 6 examples, but 'labels' are 5");
  EXPECT_EQ(message(3, 6, 2), "3 are wired to 'labels', but 2 to 'encoders'");
}

}  // namespace
