#include "knn_probe.h"

#include <gmock/gmock.h>

#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Index;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// Rows (cos a, sin a, 0, 0) at the given angles, all of class 0.
class OnACircle final : public shoal::Dataset {
 public:
  explicit OnACircle(const std::vector<double>& angles) : angles_(angles) {}
  shoal::DatasetInfo open(shoal::Context&) override {
    return {
        .count = static_cast<Index>(angles_.size()), .shape = {4}, .dtype = shoal::DType::kFloat32, .labelled = true};
  }
  void read(shoal::Context&, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      const double angle = angles_[static_cast<std::size_t>(which[i])];
      const float values[] = {static_cast<float>(3 * std::cos(angle)), static_cast<float>(3 * std::sin(angle)), 0, 0};
      if (examples) std::copy_n(values, 4, examples->data<float>() + 4 * i);
      if (labels) labels->data<std::int64_t>()[i] = 0;
    }
  }

 private:
  std::vector<double> angles_;
};

KnnProbeParams asking(Index neighbors, double temperature) {
  KnnProbeParams params;
  params.neighbors = neighbors;
  params.temperature = temperature;
  return params;
}

TEST(KnnProbe, FindsBlobsThroughARandomEncoder) {
  for (const double temperature : {0.0, 0.07}) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<Blobs>("train", 300);
    inputs.wire<Blobs>("test", 8);
    TestOutputs outputs;
    KnnProbe(asking(20, temperature)).run(host.context(), inputs, outputs);
    EXPECT_EQ(outputs.numbers.at("accuracy"), 1);
    EXPECT_THAT(outputs.arrays.at("predicted").view().vector<std::int64_t>(), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  }
}

TEST(KnnProbe, WeighsNeighboursByTheirCosine) {
  // From angle 0: neighbours at .1 (label 7), .5 and −.5 (label 3). Two votes beat one; but weights exp(cos / .05) are
  // e^19.9 for the first and e^17.55 for each of the others, which together weigh less.
  for (const double temperature : {0.0, 0.05}) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<AsItIs>("encoder");
    inputs.wire<OnACircle>("train", std::vector<double>{0.1, 0.5, -0.5, 2});
    inputs.wire<OnACircle>("test", std::vector<double>{0});
    inputs.wire_array("labels", host.context().copy(std::vector<std::int64_t>{7, 3, 3, 5}));
    TestOutputs outputs;
    KnnProbe(asking(3, temperature)).run(host.context(), inputs, outputs);
    EXPECT_THAT(outputs.arrays.at("predicted").view().vector<std::int64_t>(), ElementsAre(temperature > 0 ? 7 : 3));
    EXPECT_THAT(outputs.numbers, Not(Contains(Key("accuracy"))));
  }
}

TEST(KnnProbe, SaysWhatDoesNotFit) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("train", 12);
  inputs.wire<Blobs>("test", 8);
  TestOutputs outputs;
  EXPECT_THAT([&] { KnnProbe({}).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("20 neighbours are asked for, but 12 points are there")));
  inputs.wire_array("labels", host.context().copy(std::vector<std::int64_t>(11, 0)));
  EXPECT_THAT([&] { KnnProbe(asking(3, 0.07)).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'train' has 12 examples, but 'labels' are 11")));
}

}  // namespace
