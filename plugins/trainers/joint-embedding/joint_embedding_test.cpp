#include "joint_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Context;
using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

std::string lines(const Host& host) {
  std::string out;
  for (const auto& line : host.log()) out += line.text + '\n';
  return out;
}

/// Adds to all numbers of example i one normal number times `scale`.
class Shift final : public shoal::Augmentation {
 public:
  explicit Shift(double scale) : scale_(scale) {}
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    at::Tensor out = batch.clone();
    for (Index i = 0; i < out.size(0); ++i) {
      shoal::Random own = random.fork(static_cast<std::uint64_t>(i));
      out[i] += scale_ * own.normal();
    }
    return out;
  }

 private:
  double scale_;
};

/// The squared difference of two views less their variance, up to 1: what VICReg is, simply. Writes down what happens.
class Watching final : public shoal::Objective {
 public:
  struct Seen {
    std::vector<Index> epochs, sizes;  ///< begun; V, B and D of each step
    Index outputs = 0, steps = 0;
    std::vector<at::Tensor> last;  ///< views
    std::vector<double> differences;
  };
  explicit Watching(Seen* seen) : seen_(seen) {}

  void build(Context&, Index outputs) override {
    seen_->outputs = outputs;
    scale_ = add_parameter("scale", at::zeros({}));
  }
  Loss loss(const std::vector<at::Tensor>& views) override {
    EXPECT_TRUE(training());
    EXPECT_EQ(seen_->steps, static_cast<Index>(seen_->differences.size()));  // after_step came
    seen_->sizes = {static_cast<Index>(views.size()), views[0].size(0), views[0].size(1)};
    seen_->last = views;
    const at::Tensor difference = at::mse_loss(views[0], views[1]);
    seen_->differences.push_back(difference.item<double>());
    const at::Tensor spread = (1 - (views[0].var(0, true) + 1e-4).sqrt()).relu().mean();
    return {difference + spread + (scale_ - 1).square(), {{"difference", difference}}};
  }
  void begin_epoch(Index epoch) override { seen_->epochs.push_back(epoch); }
  void after_step() override { ++seen_->steps; }
  std::optional<Collapse> collapse(Index, Index) const override { return std::nullopt; }

 private:
  Seen* seen_;
  at::Tensor scale_;
};

JointEmbeddingParams quick() {
  JointEmbeddingParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.learning_rate = 0.01;
  params.epochs = 3;
  params.batch_size = 32;
  params.projection = 8;
  return params;
}

struct Experiment {
  explicit Experiment(shoal::testing::HostOptions options = {}) : host(options), inputs(host) {
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<ToyHead>("head");
  }
  void run(const JointEmbeddingParams& params = quick()) {
    JointEmbedding(params).run(host.context(), inputs, outputs);
  }

  Host host;
  TestInputs inputs;
  TestOutputs outputs;
  Watching::Seen seen;
};

void wire(Experiment& run, double shift = 0.1, Index examples = 200) {
  run.inputs.wire<Blobs>("data", examples);
  run.inputs.wire<Watching>("objective", &run.seen);
  run.inputs.wire<Shift>("augmentation", shift);
}

TEST(JointEmbedding, ShowsTheObjectiveTheViewsOfFullBatches) {
  Experiment run;
  wire(run);
  JointEmbeddingParams params = quick();
  params.views = 3;
  run.run(params);
  EXPECT_EQ(run.seen.outputs, 8);
  EXPECT_THAT(run.seen.sizes, ElementsAre(3, 32, 8));
  EXPECT_THAT(run.seen.epochs, ElementsAre(1, 2, 3));
  EXPECT_EQ(run.seen.steps, 3 * 6);  // 200 = 6·32 + 8
  EXPECT_THAT(series(run.host, "step_loss"), SizeIs(18));
  EXPECT_THAT(series(run.host, "loss"), SizeIs(3));
  EXPECT_FALSE(at::equal(run.seen.last[0], run.seen.last[1]));
  EXPECT_FALSE(at::equal(run.seen.last[1], run.seen.last[2]));
  EXPECT_THAT(lines(run.host), HasSubstr("each epoch leaves out 8 of 200 examples"));
}

TEST(JointEmbedding, SeesNoDifferenceWhereTheAugmentationMakesNone) {
  Experiment run;
  wire(run, /*shift=*/0);
  run.run();
  EXPECT_THAT(run.seen.differences, ::testing::Each(0.0));
  EXPECT_TRUE(at::equal(run.seen.last[0], run.seen.last[1]));  // one forward pass of both: the same statistics
}

TEST(JointEmbedding, LearnsAndReportsWhatTheObjectiveSays) {
  Experiment run;
  wire(run, 0.3);
  JointEmbeddingParams params = quick();
  params.epochs = 8;
  run.run(params);
  const auto loss = series(run.host, "loss");
  EXPECT_LT(loss.back(), 0.7 * loss.front());
  const auto difference = series(run.host, "difference");
  ASSERT_THAT(difference, SizeIs(8));
  double mean = 0;  // of the last epoch's six steps
  for (std::size_t step = 42; step < 48; ++step) mean += run.seen.differences[step] / 6;
  EXPECT_NEAR(difference.back(), mean, 1e-9);
  EXPECT_THAT(series(run.host, "embedding_std"), SizeIs(8));
  EXPECT_GT(series(run.host, "rank_me").back(), 2);
  EXPECT_THAT(lines(run.host), Not(HasSubstr("collapsed")));
  // The objective is trained with them, and given out.
  EXPECT_GT(run.outputs.objectives.at("objective")->parameters()[0].second.item<double>(), 0.1);
  EXPECT_FALSE(run.outputs.encoders.at("encoder")->training());
  EXPECT_TRUE(run.outputs.heads.contains("head"));
  // Half a cosine from 0.01: after 1 and 8 of 8 epochs.
  EXPECT_NEAR(series(run.host, "learning_rate").front(), 0.005 * (1 + std::cos(std::numbers::pi / 8)), 1e-9);
  EXPECT_NEAR(series(run.host, "learning_rate").back(), 0, 1e-12);
}

bool same_state(const shoal::Module& a, const shoal::Module& b) {
  for (std::size_t i = 0; i < a.state().size(); ++i)
    if (!at::equal(a.state()[i].second, b.state()[i].second)) return false;
  return a.state().size() == b.state().size();
}

TEST(JointEmbedding, IsTheSameFromTheSameSeedForAnyNumberOfThreads) {
  std::vector<std::unique_ptr<Experiment>> runs;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(
        std::make_unique<Experiment>(shoal::testing::HostOptions{.threads = i == 1 ? 2 : 1, .seed = i == 2 ? 1u : 0u}));
    wire(*runs.back());
    runs.back()->run();
  }
  EXPECT_TRUE(same_state(*runs[0]->outputs.encoders["encoder"], *runs[1]->outputs.encoders["encoder"]));
  EXPECT_TRUE(same_state(*runs[0]->outputs.heads["head"], *runs[1]->outputs.heads["head"]));
  EXPECT_EQ(series(runs[0]->host, "step_loss"), series(runs[1]->host, "step_loss"));
  EXPECT_NE(series(runs[0]->host, "step_loss"), series(runs[2]->host, "step_loss"));
}

/// A loss that does not depend on the views, but for the third step on, where it is NaN if asked.
class Constant final : public shoal::Objective {
 public:
  explicit Constant(bool nan, const char* diagnostic = "nothing") : nan_(nan), diagnostic_(diagnostic) {}
  Loss loss(const std::vector<at::Tensor>& views) override {
    const at::Tensor value = views[0].mean() * 0 + 3;
    return {++steps_ > 2 && nan_ ? value * std::nan("") : value, {{diagnostic_, value.detach()}}};
  }
  std::optional<Collapse> collapse(Index views, Index rows) const override {
    return Collapse{static_cast<double>(views + rows) * 3 / 34, "try another 'thing'"};  // 3 for 2 views of 32
  }

 private:
  bool nan_;
  const char* diagnostic_;
  int steps_ = 0;
};

TEST(JointEmbedding, WarnsWhereTheLossIsThatOfCollapse) {
  Experiment run;
  run.inputs.wire<Blobs>("data", 64);
  run.inputs.wire<Constant>("objective", false);
  run.inputs.wire<Shift>("augmentation", 0.1);
  run.run();
  EXPECT_THAT(lines(run.host),
              HasSubstr("epoch 1: the loss, 3, is that of outputs that are the same for all examples, "
                        "3: the encoder learns nothing; try another 'thing', or another learning_rate"));
}

/// The same embedding for all examples.
class Collapsed final : public shoal::Encoder {
 public:
  void build(Context&, const shoal::Shape&) override { bias_ = add_parameter("bias", at::zeros({4})); }
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override { return (bias_ + 1).expand({examples.size(0), 4}); }

 private:
  at::Tensor bias_;
};

TEST(JointEmbedding, WarnsOfACollapsedEmbedding) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 64);
  inputs.wire<Collapsed>("encoder");
  inputs.wire<ToyHead>("head");
  inputs.wire<Constant>("objective", false);
  inputs.wire<Shift>("augmentation", 0.1);
  TestOutputs outputs;
  JointEmbeddingParams params = quick();
  JointEmbedding(params).run(host.context(), inputs, outputs);
  EXPECT_THAT(lines(host), HasSubstr("the encoder has collapsed: embeddings of 64 examples are nearly the same"));
  EXPECT_THAT(lines(host), HasSubstr("there were 6 steps, too few for the running statistics of batch norm"));
  EXPECT_THAT(lines(host), Not(HasSubstr("try batch norm in the encoder")));
  EXPECT_NEAR(series(host, "embedding_std").back(), 0, 1e-6);

  params.batch_size = 2;
  TestOutputs after_96_steps;
  JointEmbedding(params).run(host.context(), inputs, after_96_steps);
  EXPECT_THAT(lines(host), Not(HasSubstr("try batch norm in the encoder")));
  params.epochs = 4;
  TestOutputs after_128_steps;
  JointEmbedding(params).run(host.context(), inputs, after_128_steps);
  EXPECT_THAT(lines(host), HasSubstr("try batch norm in the encoder, a lower 'learning_rate'"));
}

/// Its loss is the difference of the first two views, plus a number: `offsets[i]` for the i-th that is built. Keeps
/// that number as a buffer, and writes down for how many outputs it was built, and the epochs that begin.
class Numbered final : public shoal::Objective {
 public:
  struct Seen {
    std::vector<double> offsets;
    std::vector<Index> outputs;                   ///< by order of building
    std::vector<std::pair<Index, Index>> epochs;  ///< (outputs, epoch)
    std::vector<std::vector<at::Tensor>> views;   ///< of the last step, by order of building
  };
  explicit Numbered(Seen* seen) : seen_(seen) {}

  void build(Context&, Index outputs) override {
    place_ = seen_->outputs.size();
    seen_->outputs.push_back(outputs);
    seen_->views.emplace_back();
    add_buffer("offset", at::zeros({}) + seen_->offsets[place_]);
  }
  void begin_epoch(Index epoch) override { seen_->epochs.emplace_back(seen_->outputs[place_], epoch); }
  Loss loss(const std::vector<at::Tensor>& views) override {
    seen_->views[place_] = views;
    const at::Tensor difference = at::mse_loss(views[0], views[1]);
    return {difference + seen_->offsets[place_], {{"offset", buffers()[0].second.detach()}}};
  }

 private:
  Seen* seen_;
  std::size_t place_ = 0;
};

TEST(JointEmbedding, GivesOutTheHeadOfTheLowestLoss) {
  Numbered::Seen seen{.offsets = {3, 1, 2}, .outputs = {}, .epochs = {}, .views = {}};
  Experiment run;
  run.inputs.wire<Blobs>("data", 64);
  run.inputs.wire<Numbered>("objective", &seen);
  run.inputs.wire<Shift>("augmentation", 0);  // no difference of views: the offsets are the losses
  JointEmbeddingParams params = quick();
  params.heads = 3;
  params.learning_rate = 1e-12;  // so that heads stay as they began
  run.run(params);
  EXPECT_THAT(seen.outputs, ElementsAre(8, 8, 8));
  EXPECT_THAT(series(run.host, "loss"), ElementsAre(2, 2, 2));
  EXPECT_THAT(series(run.host, "step_loss"), ::testing::Each(2));
  EXPECT_THAT(series(run.host, "offset"), ::testing::Each(2));  // diagnostics are means too
  EXPECT_EQ(run.outputs.objectives.at("objective")->buffers()[0].second.item<double>(), 1);
  EXPECT_THAT(lines(run.host), HasSubstr("head 2 of 3 has the lowest loss of the last epoch, 1, and is given out; the "
                                         "highest is 3"));
  const auto head_of = [&](Index draw) { return run.inputs.head("head", 16, 8, draw)->parameters()[0].second; };
  const at::Tensor given = run.outputs.heads.at("head")->parameters()[0].second;
  EXPECT_LT((given - head_of(1)).abs().max().item<float>(), 1e-6);
  EXPECT_GT((given - head_of(0)).abs().max().item<float>(), 1e-2);
}

TEST(JointEmbedding, AddsTheLossOfAuxiliaryHeads) {
  Numbered::Seen seen{.offsets = {10, 30, 1, 2}, .outputs = {}, .epochs = {}, .views = {}};
  Experiment run;
  run.inputs.wire<Blobs>("data", 64);
  run.inputs.wire<Numbered>("objective", &seen);
  run.inputs.wire<Shift>("augmentation", 0);
  JointEmbeddingParams params = quick();
  params.heads = 2;
  params.auxiliary_projection = 50;
  run.run(params);
  EXPECT_THAT(seen.outputs, ElementsAre(50, 50, 8, 8));
  EXPECT_THAT(series(run.host, "loss"), ElementsAre(1.5, 1.5, 1.5));
  EXPECT_THAT(series(run.host, "auxiliary_loss"), ElementsAre(20, 20, 20));
  EXPECT_THAT(series(run.host, "auxiliary_offset"), ElementsAre(20, 20, 20));
  EXPECT_THAT(series(run.host, "step_loss"), ::testing::Each(21.5));
  EXPECT_EQ(run.outputs.heads.at("head")->parameters()[0].second.size(0), 8);
}

TEST(JointEmbedding, TrainsTheEncoderOnAuxiliaryHeadsToo) {
  std::vector<at::Tensor> weights;
  for (const Index auxiliary : {0, 5}) {
    Numbered::Seen seen{.offsets = {0, 0}, .outputs = {}, .epochs = {}, .views = {}};
    Experiment run;
    run.inputs.wire<Blobs>("data", 64);
    run.inputs.wire<Numbered>("objective", &seen);
    run.inputs.wire<Shift>("augmentation", 0.3);
    JointEmbeddingParams params = quick();
    params.auxiliary_projection = auxiliary;
    run.run(params);
    weights.push_back(run.outputs.encoders.at("encoder")->parameters()[0].second);
  }
  EXPECT_FALSE(at::equal(weights[0], weights[1]));
}

TEST(JointEmbedding, GivesAuxiliaryHeadsEveryOtherEpochAndTheLastToTheOthers) {
  Numbered::Seen seen{.offsets = {10, 1}, .outputs = {}, .epochs = {}, .views = {}};
  Experiment run;
  run.inputs.wire<Blobs>("data", 64);
  run.inputs.wire<Numbered>("objective", &seen);
  run.inputs.wire<Shift>("augmentation", 0);
  JointEmbeddingParams params = quick();
  params.epochs = 4;
  params.auxiliary_projection = 50;
  params.auxiliary_turn = AuxiliaryTurn::kAlternate;
  run.run(params);
  using Turn = std::pair<Index, Index>;
  EXPECT_THAT(seen.epochs, ElementsAre(Turn(50, 1), Turn(8, 2), Turn(50, 3), Turn(8, 4)));
  EXPECT_THAT(series(run.host, "loss"), ElementsAre(1, 1));
  EXPECT_THAT(series(run.host, "auxiliary_loss"), ElementsAre(10, 10));
  EXPECT_THAT(series(run.host, "step_loss"), ElementsAre(10, 10, 1, 1, 10, 10, 1, 1));
  params.epochs = 1;
  EXPECT_THAT([&] { params.check(); },
              ThrowsMessage<shoal::InputError>("'auxiliary_turn' alternate needs at least 2 'epochs', but there is 1"));
  params.auxiliary_projection = 0;
  EXPECT_THAT([&] { params.check(); },
              ThrowsMessage<shoal::InputError>(
                  "'auxiliary_turn' alternate needs an 'auxiliary_projection' of at least 1, but there is none"));
}

/// Gives the embedding as it is.
class Through final : public shoal::Head {
 public:
  void build(Context&, Index, Index) override { scale_ = add_parameter("scale", at::zeros({}) + 1); }
  at::Tensor forward(const at::Tensor& embedding) override { return embedding * scale_; }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.mean(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }

 private:
  at::Tensor scale_;
};

TEST(JointEmbedding, ShowsTheExampleAsItIsFirstWhereAsked) {
  for (const bool clean : {true, false}) {
    Numbered::Seen seen{.offsets = {0}, .outputs = {}, .epochs = {}, .views = {}};
    Host host;
    TestInputs inputs(host);
    inputs.wire<Blobs>("data", 64);
    inputs.wire<shoal::testing::AsItIs>("encoder");
    inputs.wire<Through>("head");
    inputs.wire<Numbered>("objective", &seen);
    inputs.wire<Shift>("augmentation", 0.5);
    TestOutputs outputs;
    JointEmbeddingParams params = quick();
    params.epochs = 1;
    params.learning_rate = 1e-12;
    params.clean_view = clean;
    JointEmbedding(params).run(host.context(), inputs, outputs);
    const at::Tensor examples = shoal::Examples(host.context(), *inputs.dataset("data")).range(0, 64).flatten(1);
    const auto farthest = [&](const at::Tensor& view) {  // of a row from the nearest example
      return (view.unsqueeze(1) - examples.unsqueeze(0)).abs().amax(2).amin(1).max().item<float>();
    };
    if (clean) EXPECT_LT(farthest(seen.views[0][0]), 1e-5);
    else EXPECT_GT(farthest(seen.views[0][0]), 0.05);
    EXPECT_GT(farthest(seen.views[0][1]), 0.05);
  }
}

TEST(JointEmbedding, NamesWhatIsWrong) {
  const auto message_of = [](Index examples, bool nan, const char* diagnostic) {
    Experiment run;
    run.inputs.wire<Blobs>("data", examples);
    run.inputs.wire<Constant>("objective", nan, diagnostic);
    run.inputs.wire<Shift>("augmentation", 0.1);
    try {
      run.run();
    } catch (const shoal::Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_THAT(message_of(200, true, "x"), HasSubstr("loss is NaN at step 3 (epoch 1, learning rate "));
  EXPECT_EQ(message_of(31, false, "x"), "'batch_size' must be at most the number of examples, 31, but is 32");
  EXPECT_EQ(message_of(64, false, "rank_me"), "the objective calls a diagnostic 'rank_me', which is the trainer's own");
  EXPECT_EQ(message_of(64, false, "loss"), "the objective calls a diagnostic 'loss', which is the trainer's own");
}

TEST(JointEmbedding, LearnsAboutTheSameInBFloat16) {
  Experiment exact, rounded, again;
  JointEmbeddingParams params = quick();
  for (Experiment* run : {&exact, &rounded, &again}) {
    wire(*run);
    run->run(params);
    params.precision = shoal::Precision::kBFloat16;
    EXPECT_EQ(run->seen.last[0].scalar_type(), at::kFloat);
  }
  const std::vector<double> wanted = series(exact.host, "loss"), got = series(rounded.host, "loss");
  EXPECT_EQ(got, series(again.host, "loss"));
  EXPECT_NE(got, wanted);
  for (std::size_t epoch = 0; epoch < wanted.size(); ++epoch) EXPECT_NEAR(got[epoch], wanted[epoch], 0.02) << epoch;
  EXPECT_EQ(rounded.outputs.numbers.at("precision_bits"), 16);
}

}  // namespace
