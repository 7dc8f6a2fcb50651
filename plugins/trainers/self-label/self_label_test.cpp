#include "self_label.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>

#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Context;
using shoal::Index;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Normal numbers of deviation 0.05 added.
class Noise final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    at::Tensor out = batch.contiguous().clone();
    auto* values = out.mutable_data_ptr<float>();
    for (Index i = 0; i < out.size(0); ++i) {
      shoal::Random own = random.fork(static_cast<std::uint64_t>(i));
      for (Index j = 0; j < 4; ++j) values[4 * i + j] += static_cast<float>(0.05 * own.normal());
    }
    return out;
  }
};

/// A head that knows the corners of Blobs: logits scale · (x·c − ½‖c‖²), so that the nearest corner has the largest.
/// That of class 0 is `lift` higher, so that its cluster takes some of the other classes' examples.
class Corners final : public shoal::Head {
 public:
  Corners(double scale, double lift) : scale_(scale), lift_(lift) {}
  void build(Context&, Index embedding, Index classes) override {
    shoal::require(embedding == 4 && classes == 4, "is for 4 numbers and 4 classes");
    const double corners[4][4] = {{0, 0, 0, 0}, {1, 1, 0, 0}, {1, 0, 1, 0}, {0, 1, 1, 0}};  // 0000, 0011, 0101, 0110
    at::Tensor weight = at::zeros({4, 4}), bias = at::zeros({4});
    for (int c = 0; c < 4; ++c) {
      for (int j = 0; j < 4; ++j) weight[c][j].fill_(scale_ * corners[c][j]);
      bias[c].fill_(c == 0 ? scale_ * lift_ : -scale_);  // ‖c‖² is 2 of the others
    }
    weight_ = add_parameter("weight", weight);
    bias_ = add_parameter("bias", bias);
  }
  at::Tensor forward(const at::Tensor& embedding) override { return at::linear(embedding, weight_, bias_); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return at::cross_entropy_loss(logits, labels);
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }

 private:
  double scale_, lift_;
  at::Tensor weight_, bias_;
};

SelfLabelParams quick() {
  SelfLabelParams params;
  params.threshold = 0.95;
  params.epochs = 10;
  params.batch_size = 50;
  params.learning_rate = 0.03;
  params.weight_decay = 0;
  params.patience = 0;
  return params;
}

struct Experiment {
  explicit Experiment(double scale = 6, double lift = 0.72, shoal::testing::HostOptions options = {})
      : host(options), inputs(host) {
    inputs.wire<Blobs>("data", 800, 4, /*noise=*/0.2);
    inputs.wire<AsItIs>("encoder");
    inputs.wire<Corners>("head", scale, lift);
    inputs.trained_for("head", 4);
    inputs.wire<Noise>("augmentation");
  }
  void run(const SelfLabelParams& params = quick()) { SelfLabel(params).run(host.context(), inputs, outputs); }
  double right() const {  // clusters are numbered as the classes
    const auto labels = outputs.arrays.at("labels").view().vector<std::int64_t>();
    double out = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) out += labels[i] == static_cast<std::int64_t>(i % 4) ? 1 : 0;
    return out / static_cast<double>(labels.size());
  }
  double right_before() {
    const shoal::Examples data(host.context(), *inputs.dataset("data"));
    const auto head = inputs.head("head", 4, 4, 0);
    return shoal::accuracy(head->forward(data.range(0, 800).flatten(1)).detach(), data.labels());
  }
  std::string log() const {
    std::string out;
    for (const auto& line : host.log()) out += line.text + '\n';
    return out;
  }

  Host host;
  TestInputs inputs;
  TestOutputs outputs;
};

TEST(SelfLabel, RepairsAPartlyWrongHead) {
  Experiment run;
  const double before = run.right_before();
  run.run();
  EXPECT_LT(before, 0.93);
  EXPECT_GT(run.right(), 0.97);
  const auto confident = series(run.host, "confident");
  ASSERT_THAT(confident, SizeIs(11));  // before, and after each of ten epochs
  EXPECT_LT(confident.front(), 0.7);
  EXPECT_GT(confident.back(), 0.9);
  EXPECT_GT(series(run.host, "nmi_label").back(), series(run.host, "nmi_label").front());
  EXPECT_THAT(series(run.host, "step_loss"), SizeIs(160));
  EXPECT_THAT(series(run.host, "churn"), SizeIs(10));
  EXPECT_GT(series(run.host, "churn").front(), 0);
  EXPECT_EQ(run.outputs.numbers.at("epochs"), 10);
}

TEST(SelfLabel, EndsWhereTheShareOfConfidentExamplesGrowsNoMore) {
  Experiment run;
  SelfLabelParams params = quick();
  params.epochs = 50;
  params.patience = 3;
  params.min_growth = 0.01;
  run.run(params);
  const auto confident = series(run.host, "confident");
  const auto epochs = static_cast<std::size_t>(run.outputs.numbers.at("epochs"));
  ASSERT_THAT(confident, SizeIs(epochs + 1));
  ASSERT_LT(epochs, 50u);
  // By hand: the last epoch that grew by more than 0.01 over the best before was three before the last.
  double best = confident[0];
  std::size_t grown = 0;
  for (std::size_t e = 1; e <= epochs; ++e) {
    if (confident[e] <= best + 0.01) continue;
    best = confident[e];
    grown = e;
  }
  EXPECT_EQ(grown + 3, epochs);
  EXPECT_GT(grown, 0u);
  EXPECT_THAT(run.log(), HasSubstr("training stops after epoch " + std::to_string(epochs) + " of 50"));
}

TEST(SelfLabel, NeedsAConfidentExample) {
  Experiment run(/*scale=*/0.5);
  EXPECT_THAT([&] { run.run(); }, ThrowsMessage<shoal::InputError>(::testing::AllOf(
                                      HasSubstr("no example is confident: the largest probability is 0."),
                                      HasSubstr("but 'threshold' is 0.95; lower it, or train the head longer"))));
}

TEST(SelfLabel, LeavesOutStepsWithoutAConfidentExample) {
  Experiment run(/*scale=*/2.8, /*lift=*/0);
  SelfLabelParams params = quick();
  params.batch_size = 2;
  params.epochs = 1;
  params.learning_rate = 1e-6;  // so that the head stays as it is
  run.run(params);
  const double share = series(run.host, "confident").front();
  ASSERT_GT(share, 0);
  ASSERT_LT(share, 0.2);
  const auto made = series(run.host, "step_loss").size();
  EXPECT_LT(made, 160u);  // of 400 steps; each has two examples
  EXPECT_GT(made, 0u);
  EXPECT_THAT(run.log(), HasSubstr(std::to_string(400 - made) + " of 400 steps had no confident example and were left "
                                                                "out; a lower 'threshold'"));
  Index last = 0;
  for (const auto& scalar : run.host.scalars())
    if (scalar.name == "step_loss") last = scalar.step;
  EXPECT_GT(last, static_cast<Index>(made));  // left-out steps keep their numbers
}

TEST(SelfLabel, GivesTheMovingAverageWhereOneIsKept) {
  // One step: the average has moved by 1 − 0.9 of what the parameters have.
  std::vector<at::Tensor> weights;
  for (const double decay : {0.0, 0.9}) {
    Experiment run;
    SelfLabelParams params = quick();
    params.epochs = 1;
    params.batch_size = 800;
    params.ema_decay = decay;
    run.run(params);
    weights.push_back(run.outputs.heads.at("head")->parameters()[0].second.detach());
  }
  Experiment start;
  const at::Tensor first = start.inputs.head("head", 4, 4, 0)->parameters()[0].second.detach();
  EXPECT_GT((weights[0] - first).abs().max().item<double>(), 0.02);
  EXPECT_LT((weights[1] - first - 0.1 * (weights[0] - first)).abs().max().item<double>(), 1e-6);
}

TEST(SelfLabel, CountsClustersAlikeWhereAsked) {
  std::vector<double> losses;
  for (const bool balance : {true, false}) {
    Experiment run;
    SelfLabelParams params = quick();
    params.balance = balance;
    params.epochs = 1;
    run.run(params);
    losses.push_back(series(run.host, "step_loss").front());
  }
  EXPECT_NE(losses[0], losses[1]);
}

TEST(SelfLabel, IsTheSameFromTheSameSeedForAnyNumberOfThreads) {
  std::vector<std::vector<double>> losses;
  for (int i = 0; i < 3; ++i) {
    Experiment run(6, 0.72, {.threads = i == 1 ? 2 : 1, .seed = i == 2 ? 1u : 0u});
    run.run();
    losses.push_back(series(run.host, "step_loss"));
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_NE(losses[0], losses[2]);
}

TEST(SelfLabel, NeedsAHeadThatWasTrained) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 100);
  inputs.wire<AsItIs>("encoder");
  inputs.wire<Corners>("head", 6.0, 0.0);
  inputs.wire<Noise>("augmentation");
  TestOutputs outputs;
  EXPECT_THAT([&] { SelfLabel(quick()).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::InputError>("the head wired to 'head' is not a trained one"));
}

shoal::testing::Resume<Experiment> resume(const SelfLabelParams& params) {
  return {[] { return std::make_unique<Experiment>(6, 0.72, shoal::testing::HostOptions{.seed = 2}); },
          [params](Experiment& run) { run.run(params); }};
}

TEST(SelfLabel, GoesOnFromACheckpointToTheSameBytes) {
  SelfLabelParams params = quick();
  params.epochs = 4;
  params.schedule = shoal::Schedule::kCosine;
  for (const double ema_decay : {0.0, 0.9}) {
    params.ema_decay = ema_decay;
    const auto run = resume(params);
    EXPECT_EQ(run.checkpoints(), 4);
    for (const int stop : {1, 2, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
    EXPECT_THAT(run.idle_pieces(2), ::testing::IsSubsetOf({"best", "grown"}));  // of patience, which there is none of
  }
}

TEST(SelfLabel, CountsItsPatienceFromBeforeTheStop) {
  SelfLabelParams params = quick();
  params.epochs = 50;
  params.patience = 3;
  params.min_growth = 0.01;
  const auto run = resume(params);
  const int last = run.checkpoints();
  ASSERT_GT(last, 4);
  ASSERT_LT(last, 50);
  for (const int stop : {1, last - 2, last - 1, last}) EXPECT_EQ(run.difference(stop), "") << stop;
  EXPECT_THAT(run.idle_pieces(last - 2), ::testing::IsEmpty());
}

}  // namespace
