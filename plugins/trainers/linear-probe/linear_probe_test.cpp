#include "linear_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <limits>

#include "shoal/matrix.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

LinearProbeParams with_weight_decays(const std::vector<double>& weight_decays) {
  LinearProbeParams params;
  params.weight_decays = weight_decays;
  return params;
}

TEST(LinearProbe, ReadsClassesThatAreWellApartFromARandomEncoder) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("train", 300);
  inputs.wire<Blobs>("test", 8);
  TestOutputs outputs;
  LinearProbe({}).run(host.context(), inputs, outputs);
  EXPECT_EQ(outputs.numbers.at("accuracy"), 1);
  EXPECT_EQ(outputs.numbers.at("train_accuracy"), 1);
  EXPECT_THAT(outputs.arrays.at("predicted").view().vector<std::int64_t>(), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  const Eigen::Matrix<std::int64_t, 4, 4> twice = 2 * Eigen::Matrix<std::int64_t, 4, 4>::Identity();
  EXPECT_EQ(outputs.arrays.at("confusion").view().matrix<std::int64_t>(), twice);
  // All three weight decays are right on all 50 held-out examples: the strongest stays.
  EXPECT_EQ(outputs.numbers.at("weight_decay"), 1e-3);
  EXPECT_THAT(host.log(), SizeIs(3));
}

TEST(LinearProbe, CountsRowsOfTheConfusionByTrueClass) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("train", 300);
  inputs.wire<Blobs>("test", 6, 4, 0.1, /*relabel=*/1);  // what looks like class c is called c + 1
  TestOutputs outputs;
  LinearProbe(with_weight_decays({0.01})).run(host.context(), inputs, outputs);
  EXPECT_EQ(outputs.numbers.at("accuracy"), 0);
  EXPECT_EQ(outputs.numbers.at("weight_decay"), 0.01);
  EXPECT_THAT(host.log(), IsEmpty());  // nothing to choose, nothing held out
  // Examples 0, 4 look like 0 and are called 1; 1, 5 like 1, called 2; 2 like 2, called 3; 3 like 3, called 0.
  const auto table = outputs.arrays.at("confusion").view();
  EXPECT_EQ(table.matrix<std::int64_t>()(1, 0), 2);
  EXPECT_EQ(table.matrix<std::int64_t>()(2, 1), 2);
  EXPECT_EQ(table.matrix<std::int64_t>()(3, 2), 1);
  EXPECT_EQ(table.matrix<std::int64_t>()(0, 3), 1);
  EXPECT_EQ(table.matrix<std::int64_t>().sum(), 6);
}

TEST(LinearProbe, TakesLabelsInPlaceOfTheDatasetsOwn) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("train", 300);
  inputs.wire<Blobs>("test", 8);
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < 300; ++i) labels.push_back(6 - i % 4);  // class c is called 6 - c
  inputs.wire_array("labels", host.context().copy(labels));
  TestOutputs outputs;
  LinearProbe({}).run(host.context(), inputs, outputs);
  EXPECT_THAT(outputs.arrays.at("predicted").view().vector<std::int64_t>(), ElementsAre(6, 5, 4, 3, 6, 5, 4, 3));
  EXPECT_EQ(outputs.numbers.at("train_accuracy"), 1);
  EXPECT_FALSE(outputs.numbers.contains("accuracy"));
  EXPECT_FALSE(outputs.arrays.contains("confusion"));
}

TEST(LinearProbe, NamesTheRowOfALabelThatIsNone) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("train", 12);
  inputs.wire<Blobs>("test", 8);
  std::vector<std::int64_t> labels(12, 0);
  labels[7] = -1;
  inputs.wire_array("labels", host.context().copy(labels));
  TestOutputs outputs;
  EXPECT_THAT([&] { LinearProbe({}).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'labels' hold -1 at row 7")));
}

TEST(LinearProbe, GivesTheSameForAnyNumberOfThreads) {
  std::vector<double> accuracies;
  for (const int threads : {1, 2}) {
    Host host({.threads = threads});
    TestInputs inputs(host);
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<Blobs>("train", 300, 8, 0.6);
    inputs.wire<Blobs>("test", 300, 8, 0.7);
    TestOutputs outputs;
    LinearProbe({}).run(host.context(), inputs, outputs);
    accuracies.push_back(outputs.numbers.at("accuracy"));
  }
  EXPECT_EQ(accuracies[0], accuracies[1]);
  EXPECT_GT(accuracies[0], 0.3);
  EXPECT_LT(accuracies[0], 1);
}

/// Its embedding is 0 of every blob, its readout the blob as it is; where `spoilt`, with a NaN as the last number of
/// each batch's second row.
class BlindAtLast final : public shoal::Encoder, public shoal::Readouts {
 public:
  explicit BlindAtLast(bool spoilt = false) : spoilt_(spoilt) {}
  void build(shoal::Context&, const shoal::Shape&) override { scale_ = add_parameter("scale", at::zeros({1})); }
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override { return scale_ * forward_to(0, examples); }
  std::vector<Place> readouts() const override { return {{"sight", 4}}; }
  at::Tensor forward_to(std::size_t, const at::Tensor& examples) override {
    at::Tensor out = examples.flatten(1).clone();
    if (spoilt_) out[1][3].fill_(std::numeric_limits<float>::quiet_NaN());
    return out;
  }

 private:
  bool spoilt_;
  at::Tensor scale_;
};

TEST(LinearProbe, ReadsAnEncoderWhereItIsTold) {
  const auto accuracy = [](const std::string& readout) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<BlindAtLast>("encoder");
    inputs.wire<Blobs>("train", 300);
    inputs.wire<Blobs>("test", 8);
    TestOutputs outputs;
    LinearProbeParams params;
    params.readout = readout;
    LinearProbe(params).run(host.context(), inputs, outputs);
    return outputs.numbers.at("accuracy");
  };
  EXPECT_EQ(accuracy("sight"), 1);
  EXPECT_EQ(accuracy("embedding"), 0.25);  // one answer for all
}

TEST(LinearProbe, ReadsAHeadThatWasTrainedWithTheEncoder) {  // the logits of a random layer tell blobs apart too
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<shoal::testing::ToyHead>("head");
  inputs.trained_for("head", 5);
  inputs.wire<Blobs>("train", 300);
  inputs.wire<Blobs>("test", 8);
  TestOutputs outputs;
  LinearProbeParams params;
  params.readout = "head";
  LinearProbe(params).run(host.context(), inputs, outputs);
  EXPECT_EQ(outputs.numbers.at("accuracy"), 1);
}

/// Its embedding is the example far from zero and in another unit: what is standardised for good reason.
class FarAway final : public shoal::Encoder {
 public:
  void build(shoal::Context&, const shoal::Shape&) override {}
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override { return examples.flatten(1) * 40 + 300; }
};

TEST(LinearProbe, GivesAHeadThatSaysOfTheFeaturesWhatWasStated) {
  for (const bool standardize : {true, false}) {
    SCOPED_TRACE(standardize);
    LinearProbeParams params = with_weight_decays({1e-3});
    params.standardize = standardize;
    Host host;
    TestInputs inputs(host);
    inputs.wire<FarAway>("encoder");
    inputs.wire<shoal::testing::ToyHead>("classifier");
    inputs.wire<Blobs>("train", 300, 8, 0.4);
    inputs.wire<Blobs>("test", 300, 8, 0.6);
    TestOutputs outputs;
    LinearProbe(params).run(host.context(), inputs, outputs);
    ASSERT_THAT(outputs.heads, Contains(Key("head")));
    const shoal::Examples test(host.context(), *inputs.dataset("test"));
    const auto encoder = inputs.encoder("encoder", test.shape());
    const at::Tensor logits = shoal::predict_logits(host.context(), *encoder, *outputs.heads.at("head"), test, {});
    EXPECT_EQ(shoal::accuracy(logits, test.labels()), outputs.numbers.at("accuracy"));
    EXPECT_GT(outputs.numbers.at("accuracy"), 0.5);
    EXPECT_LT(outputs.numbers.at("accuracy"), 1);
    const auto said = outputs.arrays.at("predicted").view().vector<std::int64_t>();
    const at::Tensor labels = logits.argmax(1);
    EXPECT_THAT(shoal::view(labels).vector<std::int64_t>(), ElementsAreArray(said));
  }
}

TEST(LinearProbe, SaysTheSameWithAndWithoutAHeadToPutItInto) {
  std::vector<TestOutputs> outputs(2);
  for (const bool wired : {false, true}) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<ToyEncoder>("encoder");
    if (wired) inputs.wire<shoal::testing::ToyHead>("classifier");
    inputs.wire<Blobs>("train", 300, 8, 0.6);
    inputs.wire<Blobs>("test", 300, 8, 0.7);
    LinearProbe({}).run(host.context(), inputs, outputs[wired]);
  }
  EXPECT_EQ(outputs[0].numbers, outputs[1].numbers);
  EXPECT_THAT(outputs[0].arrays.at("predicted").view().vector<std::int64_t>(),
              ElementsAreArray(outputs[1].arrays.at("predicted").view().vector<std::int64_t>()));
  EXPECT_THAT(outputs[0].heads, IsEmpty());
}

/// Logits without a bias.
class Cosine final : public shoal::Head {
 public:
  void build(shoal::Context&, Index embedding, Index classes) override {
    weight_ = add_parameter("weight", at::ones({classes, embedding}));
  }
  at::Tensor forward(const at::Tensor& embedding) override { return embedding.matmul(weight_.t()); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.mean(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
  ClassVectors class_vectors() override { return {weight_, {}}; }

 private:
  at::Tensor weight_;
};

TEST(LinearProbe, NeedsAHeadThatALinearLayerGoesInto) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Cosine>("classifier");
  inputs.wire<Blobs>("train", 300);
  inputs.wire<Blobs>("test", 8);
  TestOutputs outputs;
  EXPECT_THAT([&] { LinearProbe({}).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'classifier' is to take a linear layer with a bias")));
}

TEST(LinearProbe, StopsAtWhatCannotBeRead) {
  const auto message_of = [](bool spoilt, const std::string& readout, double limit) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<BlindAtLast>("encoder", spoilt);
    inputs.wire<Blobs>("train", 300);
    inputs.wire<Blobs>("test", 200);
    TestOutputs outputs;
    LinearProbeParams params;
    params.readout = readout;
    params.memory_limit_gb = limit;
    try {
      LinearProbe(params).run(host.context(), inputs, outputs);
    } catch (const shoal::InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message_of(false, "sigth", 4), "there is no readout 'sigth', only sight, embedding; did you mean 'sight'?");
  EXPECT_EQ(message_of(true, "sight", 4), "features hold NaN at row 1, column 3");
  EXPECT_EQ(message_of(false, "sight", 8e-6), "nothing");  // 500 · 4 · 4 bytes
  EXPECT_THAT(message_of(false, "sight", 7.9e-6), HasSubstr("'sight' has 4 numbers an example: of 500 examples"));
}

/// Counts the batches it embeds, in a buffer or in a parameter.
class Counting final : public shoal::Encoder {
 public:
  explicit Counting(bool in_buffer) : in_buffer_(in_buffer) {}
  void build(shoal::Context&, const shoal::Shape&) override {
    scale_ = add_parameter("scale", at::ones({1}));
    seen_ = add_buffer("seen", at::zeros({1}));
  }
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override {
    (in_buffer_ ? seen_ : scale_).add_(1e-6);
    return examples.flatten(1);
  }

 private:
  bool in_buffer_;
  at::Tensor scale_, seen_;
};

TEST(LinearProbe, RefusesAnEncoderThatChangesWhileItIsProbed) {
  for (const bool in_buffer : {true, false}) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<Counting>("encoder", in_buffer);
    inputs.wire<Blobs>("train", 60);
    inputs.wire<Blobs>("test", 60);
    TestOutputs outputs;
    EXPECT_THAT([&] { LinearProbe({}).run(host.context(), inputs, outputs); },
                ThrowsMessage<shoal::Error>(HasSubstr(in_buffer ? "the encoder changed its own 'seen'"
                                                                : "the encoder changed its own 'scale'")));
    EXPECT_THAT(outputs.numbers, ElementsAre(Pair("precision_bits", 32)));  // nothing that was measured
  }
}

TEST(LinearProbe, SaysWhichInputsDoNotGoTogether) {
  const auto message_of = [](auto&& wire) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<ToyEncoder>("encoder");
    wire(inputs);
    TestOutputs outputs;
    try {
      LinearProbe({}).run(host.context(), inputs, outputs);
    } catch (const shoal::InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(
      message_of([](TestInputs& in) { in.wire<Blobs>("train", 30, 4, 0.1, 0, false), in.wire<Blobs>("test", 30); }),
      "'train' has no labels, and none are wired to 'labels'");
  EXPECT_EQ(message_of([](TestInputs& in) { in.wire<Blobs>("train", 30), in.wire<Blobs>("test", 30, 5); }),
            "'test' has 5 classes, but 'train' only 4");
  EXPECT_EQ(message_of([](TestInputs& in) { in.wire<Blobs>("train", 5), in.wire<Blobs>("test", 30, 4); }),
            "to choose among 3 weight_decays a sixth of the training examples is held out, but there are only 5");
  EXPECT_THAT([] { with_weight_decays({}).check(); },
              ThrowsMessage<shoal::InputError>("'weight_decays' needs at least 1 number, but is empty"));
}

struct Probe {
  Probe() : host({.seed = 2}), inputs(host) {
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<Blobs>("train", 300, 8, 0.6);
    inputs.wire<Blobs>("test", 300, 8, 0.7);
  }
  Host host;
  TestInputs inputs;
  TestOutputs outputs;
};

TEST(LinearProbe, GoesOnFromACheckpointToTheSameBytes) {
  LinearProbeParams params = with_weight_decays({1, 0.1, 0.01, 1e-3});
  params.max_iter = 5;  // so that where a fit begins is seen in where it ends
  const shoal::testing::Resume<Probe> run(
      [] { return std::make_unique<Probe>(); },
      [&](Probe& each) { LinearProbe(params).run(each.host.context(), each.inputs, each.outputs); });
  EXPECT_EQ(run.checkpoints(), 4);
  for (const int stop : {1, 2, 3, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
}

}  // namespace
