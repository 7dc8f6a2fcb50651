#include "supervised.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "shoal/testing_checkpoint.h"
#include "shoal/torch/testing_toys.h"

namespace {

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
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

SupervisedParams quick() {
  SupervisedParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.epochs = 5;
  params.batch_size = 32;
  params.learning_rate = 0.02;
  return params;
}

void wire(TestInputs& inputs, Index count = 200) {
  inputs.wire<Blobs>("data", count);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<ToyHead>("head");
}

bool same_state(const shoal::Module& a, const shoal::Module& b) {
  for (std::size_t i = 0; i < a.parameters().size(); ++i)
    if (!at::equal(a.parameters()[i].second, b.parameters()[i].second)) return false;
  for (std::size_t i = 0; i < a.buffers().size(); ++i)
    if (!at::equal(a.buffers()[i].second, b.buffers()[i].second)) return false;
  return true;
}

TEST(Supervised, LearnsClassesThatAreWellApart) {
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  inputs.wire<Blobs>("validation", 50);
  inputs.wire<Blobs>("test", 400);
  TestOutputs outputs;
  Supervised(quick()).run(host.context(), inputs, outputs);
  EXPECT_EQ(outputs.numbers.at("accuracy"), 1);
  EXPECT_THAT(series(host, "validation_accuracy"), SizeIs(5));
  EXPECT_EQ(series(host, "validation_accuracy").back(), 1);
  EXPECT_EQ(series(host, "train_accuracy").back(), 1);
  EXPECT_LT(series(host, "train_loss").back(), series(host, "train_loss").front() / 4);
  EXPECT_FALSE(outputs.encoders.at("encoder")->training());
}

TEST(Supervised, LearnsTheSameInBFloat16AndGivesFloat32) {
  const auto run = [](shoal::Precision precision, TestOutputs& outputs) {
    SupervisedParams params = quick();
    params.precision = precision;
    Host host;
    TestInputs inputs(host);
    wire(inputs);
    inputs.wire<Blobs>("test", 400);
    Supervised(params).run(host.context(), inputs, outputs);
    return series(host, "train_loss");
  };
  TestOutputs exact, rounded, again;
  const std::vector<double> wanted = run(shoal::Precision::kFloat32, exact);
  const std::vector<double> got = run(shoal::Precision::kBFloat16, rounded);
  EXPECT_EQ(got, run(shoal::Precision::kBFloat16, again));
  EXPECT_NE(got, wanted);
  for (std::size_t epoch = 0; epoch < wanted.size(); ++epoch) EXPECT_NEAR(got[epoch], wanted[epoch], 0.02) << epoch;
  EXPECT_EQ(exact.numbers.at("precision_bits"), 32);
  EXPECT_EQ(rounded.numbers.at("precision_bits"), 16);
  EXPECT_EQ(rounded.numbers.at("accuracy"), 1);
  for (const auto& [name, tensor] : rounded.encoders.at("encoder")->state())
    EXPECT_EQ(tensor.scalar_type(), at::kFloat) << name;
  EXPECT_TRUE(same_state(*rounded.encoders["encoder"], *again.encoders["encoder"]));
}

TEST(Supervised, KeepsTheLastPartialBatchButNeverABatchOfOne) {
  // 200 = 6·32 + 8: 7 steps. 97 = 3·32 + 1: the last one joins the third batch. By hand.
  for (const auto& [count, steps] : {std::pair{200, 7}, std::pair{97, 3}}) {
    Host host;
    TestInputs inputs(host);
    wire(inputs, count);
    TestOutputs outputs;
    Supervised(quick()).run(host.context(), inputs, outputs);
    EXPECT_THAT(series(host, "loss"), SizeIs(static_cast<std::size_t>(5 * steps)));
    EXPECT_EQ(outputs.numbers.count("accuracy"), 0u);  // no test, no number
  }
}

TEST(Supervised, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  std::vector<TestOutputs> outputs(3);
  for (std::size_t run = 0; run < 3; ++run) {
    Host host({.threads = run == 1 ? 2 : 1, .seed = run == 2 ? 1u : 0u});
    TestInputs inputs(host);
    wire(inputs);
    Supervised(quick()).run(host.context(), inputs, outputs[run]);
  }
  EXPECT_TRUE(same_state(*outputs[0].encoders["encoder"], *outputs[1].encoders["encoder"]));
  EXPECT_TRUE(same_state(*outputs[0].heads["head"], *outputs[1].heads["head"]));
  EXPECT_FALSE(same_state(*outputs[0].encoders["encoder"], *outputs[2].encoders["encoder"]));
}

TEST(Supervised, EndsOneCycleAtATenThousandthOfItsPeak) {
  SupervisedParams params = quick();
  params.schedule = shoal::Schedule::kOneCycle;
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  TestOutputs outputs;
  Supervised(params).run(host.context(), inputs, outputs);
  EXPECT_NEAR(series(host, "learning_rate").back(), 0.02 * 1e-4, 1e-12);
}

TEST(Supervised, ShowsEveryExampleOnceAnEpochInANewOrder) {
  // The augmentation sees what is trained on: blobs without noise are their corners, and 200 = 4·50.
  static std::vector<double> seen;
  struct Witness final : shoal::Augmentation {
    at::Tensor apply(shoal::Context&, const at::Tensor& batch, const shoal::Random&) const override {
      for (Index i = 0; i < batch.size(0); ++i)
        seen.push_back(batch[i].flatten()[0].item<double>() + 2 * batch[i].flatten()[1].item<double>());
      return batch;
    }
  };
  seen.clear();
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 200, 4, 0.0);  // corners 0000, 0011, 0101, 0110: the first two digits tell them apart
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<ToyHead>("head");
  inputs.wire<Witness>("augmentation");
  TestOutputs outputs;
  Supervised(quick()).run(host.context(), inputs, outputs);
  ASSERT_THAT(seen, SizeIs(5 * 200));
  for (int epoch = 0; epoch < 5; ++epoch)
    for (const double corner : {0, 1, 2, 3})
      EXPECT_EQ(std::count(seen.begin() + epoch * 200, seen.begin() + (epoch + 1) * 200, corner), 50);
  EXPECT_FALSE(std::equal(seen.begin(), seen.begin() + 200, seen.begin() + 200));
}

/// Its one parameter begins at 0 and has the gradient −1 at every step, so that SGD without momentum at learning rate 1
/// counts steps in it. What it answers hangs on that count alone: class answers[⌊count⌋] for every example.
class Counter final : public shoal::Head {
 public:
  explicit Counter(std::vector<Index> answers = {}) : answers_(std::move(answers)) {}
  void build(shoal::Context&, Index, Index classes) override {
    count_ = add_parameter("count", at::zeros({}));
    classes_ = classes;
  }
  at::Tensor forward(const at::Tensor& embedding) override {
    at::Tensor logits = at::zeros({embedding.size(0), classes_});
    const auto now = static_cast<std::size_t>(count_.item<float>());
    if (now < answers_.size()) logits.select(1, answers_[now]).fill_(1);
    return logits;
  }
  at::Tensor loss(const at::Tensor&, const at::Tensor&) override { return -count_; }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits; }

 private:
  std::vector<Index> answers_;
  Index classes_ = 0;
  at::Tensor count_;
};

/// One step of 1 an epoch, for Counter.
SupervisedParams counting(Index epochs) {
  SupervisedParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.method = shoal::OptimizerMethod::kSgd;
  params.momentum = 0;
  params.learning_rate = 1;
  params.epochs = epochs;
  params.batch_size = 1000;
  return params;
}

void wire_counter(TestInputs& inputs, const std::vector<Index>& answers = {}) {
  inputs.wire<Blobs>("data", 8);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Counter>("head", answers);
}

float count_of(const TestOutputs& outputs) { return outputs.heads.at("head")->parameters()[0].second.item<float>(); }

TEST(Supervised, DropsTheRateAfterEachOfItsStepEpochs) {
  SupervisedParams params = counting(5);
  params.schedule = shoal::Schedule::kStep;
  params.step_epochs = 2;
  params.step_factor = 0.5;
  for (const auto& [batch_size, count] : {std::pair{8, 3.25f}, std::pair{4, 6.5f}}) {  // 1 or 2 steps an epoch
    params.batch_size = batch_size;
    Host host;
    TestInputs inputs(host);
    wire_counter(inputs);
    TestOutputs outputs;
    Supervised(params).run(host.context(), inputs, outputs);
    EXPECT_EQ(count_of(outputs), count);                                               // 1 + 1 + ½ + ½ + ¼ for each
    EXPECT_THAT(series(host, "learning_rate"), ElementsAre(1, 0.5, 0.5, 0.25, 0.25));  // what a next step would take
  }
}

TEST(Supervised, TakesStepsNoLongerThanTheClippedGradient) {
  for (const auto& [clip_norm, count] : {std::pair{0.0, 3.0f}, std::pair{0.25, 0.75f}, std::pair{7.0, 3.0f}}) {
    SupervisedParams params = counting(3);
    params.clip_norm = clip_norm;
    Host host;
    TestInputs inputs(host);
    wire_counter(inputs);
    TestOutputs outputs;
    Supervised(params).run(host.context(), inputs, outputs);
    EXPECT_EQ(count_of(outputs), count) << clip_norm;
  }
}

TEST(Supervised, ClipsEncoderAndHeadTogether) {
  SupervisedParams params = counting(1);
  params.clip_norm = 1e-2;
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  TestOutputs outputs;
  Supervised(params).run(host.context(), inputs, outputs);
  const auto before_encoder = inputs.encoder("encoder", {1, 2, 2});
  const auto before_head = inputs.head("head", 16, 4, 0);
  const auto squared_move = [](const shoal::Module& before, const shoal::Module& after) {
    double sum = 0;
    for (std::size_t i = 0; i < before.parameters().size(); ++i)
      sum +=
          (after.parameters()[i].second - before.parameters()[i].second).to(at::kDouble).square().sum().item<double>();
    return sum;
  };
  const double encoder = squared_move(*before_encoder, *outputs.encoders.at("encoder"));
  const double head = squared_move(*before_head, *outputs.heads.at("head"));
  EXPECT_GT(encoder, 0);
  EXPECT_GT(head, 0);
  EXPECT_NEAR(std::sqrt(encoder + head), 1e-2, 1e-6);  // one step at rate 1; parameters are float32, near 1
}

// The classes of ten Blobs are 3, 3, 2 and 2 examples: these answers are right for .2, .3, .2, .3, .2, .2 and .2 of
// them.
const std::vector<Index> kAnswers = {0, 2, 0, 3, 1, 2, 3, 2};  // before the first epoch, after it, after the second, …

TEST(Supervised, StopsWhenPatienceEndsAndKeepsWhatItIsAskedTo) {
  struct Case {
    Index patience;
    Keep keep;
    std::size_t epochs;
    float count;
  };
  for (const auto& [patience, keep, epochs, count] :
       {Case{0, Keep::kLast, 7, 7}, Case{0, Keep::kBest, 7, 2}, Case{2, Keep::kLast, 4, 4}, Case{2, Keep::kBest, 4, 2},
        Case{1, Keep::kBest, 3, 2}}) {
    SCOPED_TRACE(patience);
    SupervisedParams params = counting(7);
    params.patience = patience;
    params.keep = keep;
    Host host;
    TestInputs inputs(host);
    wire_counter(inputs, kAnswers);
    inputs.wire<Blobs>("validation", 10);
    inputs.wire<Blobs>("test", 1);  // of class 0, the answer after the second epoch alone
    TestOutputs outputs;
    Supervised(params).run(host.context(), inputs, outputs);
    EXPECT_EQ(count_of(outputs), count);
    EXPECT_THAT(series(host, "train_loss"), SizeIs(epochs));
    std::vector<double> accuracies{0.2, 0.3, 0.2, 0.3, 0.2, 0.2, 0.2}, losses{-1, -2, -3, -4, -5, -6, -7};
    accuracies.resize(epochs), losses.resize(epochs);
    EXPECT_EQ(series(host, "validation_accuracy"), accuracies);
    EXPECT_EQ(series(host, "validation_loss"), losses);
    EXPECT_EQ(outputs.numbers.at("best_epoch"), 2);  // not the fourth, which is no better
    EXPECT_EQ(outputs.numbers.at("accuracy"), keep == Keep::kBest ? 1 : 0);
    const bool told = std::any_of(host.log().begin(), host.log().end(), [](const auto& line) {
      return line.text.find("has not exceeded the 0.3 of epoch 2") != std::string::npos;
    });
    EXPECT_EQ(told, patience > 0);
  }
}

TEST(Supervised, KeepsTheBestEpochByteForByte) {  // it is what training for so many epochs gives; validation is no help
  SupervisedParams params = quick();
  params.keep = Keep::kBest;
  params.learning_rate = 0.01;
  const auto run = [&](TestOutputs& outputs) {
    Host host;
    TestInputs inputs(host);
    wire(inputs);
    inputs.wire<Blobs>("validation", 50, 4, 0.1, /*relabel=*/1);  // what is learnt is wrong there
    Supervised(params).run(host.context(), inputs, outputs);
  };
  TestOutputs best, last;
  run(best);
  params.epochs = static_cast<Index>(best.numbers.at("best_epoch"));
  ASSERT_LT(params.epochs, 5);
  params.keep = Keep::kLast;
  run(last);
  EXPECT_TRUE(same_state(*best.encoders["encoder"], *last.encoders["encoder"]));
  EXPECT_TRUE(same_state(*best.heads["head"], *last.heads["head"]));
}

TEST(Supervised, MeasuresAndGivesOutTheMovingAverage) {
  // The count is 1, 2, 3, 4; its average with decay ½, from 0 on, ½, 1¼, 2⅛, 3 1/16. Answers follow the average,
  // rounded down: answers 0 (3 of 10), 2 (2 of 10), 0 and 3 (2 of 10).
  for (const auto& [keep, count] : {std::pair{Keep::kLast, 3.0625f}, std::pair{Keep::kBest, 0.5f}}) {
    SupervisedParams params = counting(4);
    params.ema_decay = 0.5;
    params.keep = keep;
    Host host;
    TestInputs inputs(host);
    wire_counter(inputs, kAnswers);
    inputs.wire<Blobs>("validation", 10);
    TestOutputs outputs;
    Supervised(params).run(host.context(), inputs, outputs);
    EXPECT_THAT(series(host, "validation_accuracy"), ElementsAre(0.3, 0.2, 0.3, 0.2));
    EXPECT_THAT(series(host, "validation_loss"), ElementsAre(-0.5, -1.25, -2.125, -3.0625));
    EXPECT_THAT(series(host, "train_loss"), ElementsAre(0, -1, -2, -3));  // of what is trained
    EXPECT_EQ(count_of(outputs), count);
  }
}

TEST(Supervised, AveragesParametersAndCopiesBuffers) {
  const auto run = [](double ema_decay, Index epochs) {
    SupervisedParams params = quick();
    params.ema_decay = ema_decay;
    params.epochs = epochs;
    params.batch_size = 200;  // one step an epoch
    Host host;
    TestInputs inputs(host);
    wire(inputs);
    TestOutputs outputs;
    Supervised(params).run(host.context(), inputs, outputs);
    return std::move(outputs.encoders.at("encoder"));
  };
  const auto parameter = [](const shoal::Encoder& encoder, std::size_t i) {
    return encoder.parameters()[i].second.detach().to(at::kDouble);
  };
  const auto average = run(0.75, 3), again = run(0.75, 3), first = run(0, 1), second = run(0, 2), third = run(0, 3);
  Host host;
  TestInputs inputs(host);
  wire(inputs);
  const auto initial = inputs.encoder("encoder", {1, 2, 2});
  EXPECT_TRUE(same_state(*average, *again));
  for (std::size_t i = 0; i < average->parameters().size(); ++i) {
    const at::Tensor wanted = (27 * parameter(*initial, i) + 9 * parameter(*first, i) + 12 * parameter(*second, i) +
                               16 * parameter(*third, i)) /
                              64;
    EXPECT_LT((parameter(*average, i) - wanted).abs().max().item<double>(), 1e-6) << i;  // float32, near 1
    EXPECT_FALSE(at::equal(average->parameters()[i].second, third->parameters()[i].second)) << i;
  }
  for (std::size_t i = 0; i < average->buffers().size(); ++i)
    EXPECT_TRUE(at::equal(average->buffers()[i].second, third->buffers()[i].second)) << i;
}

/// Remembers the first number of each example that it is shown, apart for training and measuring.
class WatchingEncoder final : public shoal::Encoder {
 public:
  static inline std::multiset<float> trained_on, measured;
  void build(shoal::Context&, const shoal::Shape&) override {}
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override {
    const at::Tensor first = examples.flatten(1).select(1, 0).contiguous();
    for (Index i = 0; i < first.size(0); ++i)
      (training() ? trained_on : measured).insert(first.const_data_ptr<float>()[i]);
    return examples.flatten(1);
  }
};

TEST(Supervised, NeverTrainsOnWhatItHoldsOut) {
  WatchingEncoder::trained_on.clear();
  WatchingEncoder::measured.clear();
  SupervisedParams params = quick();
  params.validation_share = 0.25;
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 200);
  inputs.wire<WatchingEncoder>("encoder");
  inputs.wire<ToyHead>("head");
  TestOutputs outputs;
  Supervised(params).run(host.context(), inputs, outputs);
  const auto& trained_on = WatchingEncoder::trained_on;
  const auto& measured = WatchingEncoder::measured;
  const std::set<float> train(trained_on.begin(), trained_on.end()), held_out(measured.begin(), measured.end());
  EXPECT_THAT(trained_on, SizeIs(5 * 150));
  EXPECT_THAT(measured, SizeIs(5 * 50));
  EXPECT_THAT(train, SizeIs(150));
  EXPECT_THAT(held_out, SizeIs(50));
  for (const float example : held_out) EXPECT_FALSE(train.contains(example));
  EXPECT_THAT(series(host, "validation_accuracy"), SizeIs(5));
  EXPECT_THAT(series(host, "loss"), SizeIs(5 * 5));  // 150 = 4·32 + 22
}

TEST(Supervised, HoldsOutByItsSeed) {
  SupervisedParams params = quick();
  params.validation_share = 0.3;
  params.keep = Keep::kBest;
  std::vector<TestOutputs> outputs(3);
  std::vector<std::vector<double>> losses;
  for (std::size_t run = 0; run < 3; ++run) {
    Host host({.threads = run == 1 ? 2 : 1, .seed = run == 2 ? 1u : 0u});
    TestInputs inputs(host);
    wire(inputs);
    Supervised(params).run(host.context(), inputs, outputs[run]);
    losses.push_back(series(host, "validation_loss"));
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_NE(losses[0], losses[2]);
  EXPECT_TRUE(same_state(*outputs[0].encoders["encoder"], *outputs[1].encoders["encoder"]));
  EXPECT_TRUE(same_state(*outputs[0].heads["head"], *outputs[1].heads["head"]));
}

TEST(Supervised, SaysWhichValidationItNeeds) {
  const auto message_of = [](bool wired, auto&& change) {
    SupervisedParams params = quick();
    change(params);
    Host host;
    TestInputs inputs(host);
    wire(inputs, 20);
    if (wired) inputs.wire<Blobs>("validation", 20);
    TestOutputs outputs;
    try {
      Supervised(params).run(host.context(), inputs, outputs);
    } catch (const shoal::InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message_of(true, [](auto& params) { params.validation_share = 0.5; }),
            "'validation' is wired, so 'validation_share' must be 0, but is 0.5: there is one validation set");
  EXPECT_EQ(message_of(false, [](auto& params) { params.patience = 3; }),
            "'patience' 3 needs a validation set: wire 'validation', or give a 'validation_share' of 'data'");
  EXPECT_EQ(message_of(false, [](auto& params) { params.keep = Keep::kBest; }),
            "keep 'best' needs a validation set: wire 'validation', or give a 'validation_share' of 'data'");
  EXPECT_EQ(message_of(false, [](auto& params) { params.validation_share = 0.01; }),
            "'validation_share' 0.01 holds out 0 of 20 examples; at least 1 must be held out, and 1 be trained on");
  EXPECT_EQ(message_of(false, [](auto& params) { params.validation_share = 0.99; }),
            "'validation_share' 0.99 holds out 20 of 20 examples; at least 1 must be held out, and 1 be trained on");
}

/// A head whose loss is NaN from the third step on.
class BrokenHead final : public shoal::Head {
 public:
  void build(shoal::Context&, Index, Index) override {}
  at::Tensor forward(const at::Tensor& embedding) override { return embedding; }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override {
    return ++steps_ < 3 ? logits.mean() : logits.mean() * std::nan("");
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits; }

 private:
  int steps_ = 0;
};

TEST(Supervised, NamesTheStepWhoseLossIsNaN) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 200);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<BrokenHead>("head");
  TestOutputs outputs;
  EXPECT_THAT([&] { Supervised(quick()).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::Error>(HasSubstr("loss is NaN at step 3 (epoch 1, learning rate 0.02)")));
}

TEST(Supervised, SaysWhichInputsDoNotGoTogether) {
  const auto message_of = [](auto&& change) {
    Host host;
    TestInputs inputs(host);
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<ToyHead>("head");
    change(inputs);
    TestOutputs outputs;
    try {
      Supervised(quick()).run(host.context(), inputs, outputs);
    } catch (const shoal::InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message_of([](TestInputs& in) { in.wire<Blobs>("data", 20, 4, 0.1, 0, /*labelled=*/false); }),
            "'data' has no labels, so there is nothing to supervise with");
  EXPECT_EQ(message_of([](TestInputs& in) { in.wire<Blobs>("data", 20), in.wire<Blobs>("test", 20, 6); }),
            "'test' has 6 classes, but 'data' only 4");
  EXPECT_EQ(message_of(
                [](TestInputs& in) { in.wire<Blobs>("data", 20), in.wire<Blobs>("validation", 20, 4, 0.1, 0, false); }),
            "'validation' has no labels");
}

TEST(Supervised, RefusesParametersThatDoNotGoTogether) {
  SupervisedParams params;
  params.schedule = shoal::Schedule::kOneCycle;
  params.warmup = 5;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("'warmup' must be 0, but is 5")));
  params = {};
  params.schedule = shoal::Schedule::kStep;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("needs 'step_epochs'")));
  params.step_epochs = 2;
  EXPECT_NO_THROW(params.check());
  params.schedule = shoal::Schedule::kCosine;
  EXPECT_THAT([&] { params.check(); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'step_epochs' belongs to schedule 'step'")));
  params = {};
  params.nesterov = true;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("belongs to optimizer 'sgd'")));
}

TEST(Supervised, StopsWhenTheUserDoes) {
  Host host({.cancel_after = 3});
  TestInputs inputs(host);
  wire(inputs);
  TestOutputs outputs;
  EXPECT_THROW(Supervised(quick()).run(host.context(), inputs, outputs), shoal::Cancelled);
}

// ---- Checkpoints ----------------------------------------------------------------------------------------------------

/// What a run reported and gave.
struct Ended {
  std::vector<shoal::testing::Scalar> scalars;
  TestOutputs outputs;
};

void run_once(const SupervisedParams& params, Ended& ended, shoal::testing::Checkpoints* kept, int stop_after) {
  Host host({.seed = 5});
  if (kept != nullptr) kept->serve(host, {.stop_after = stop_after});
  TestInputs inputs(host);
  wire(inputs);
  inputs.wire<Blobs>("test", 100);
  const auto run = [&] { Supervised(params).run(host.context(), inputs, ended.outputs); };
  if (stop_after > 0) EXPECT_THROW(run(), shoal::Cancelled);
  else run();
  ended.scalars.insert(ended.scalars.end(), host.scalars().begin(), host.scalars().end());
}

TEST(Checkpoints, AStoppedRunGoesOnToTheSameBytes) {
  std::vector<SupervisedParams> all(4, quick());
  all[1].method = shoal::OptimizerMethod::kSgd;
  all[1].schedule = shoal::Schedule::kOneCycle;
  all[2].ema_decay = 0.9;
  all[2].validation_share = 0.2;
  all[2].keep = Keep::kBest;
  all[3].validation_share = 0.2;
  all[3].patience = 2;  // blobs are learnt at once: it stops before the last epoch, and counts from before the stop
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const int stop : {1, 2}) {
      SCOPED_TRACE(shoal::text("case {}, stopped after epoch {}", i, stop));
      Ended whole, resumed, unused;
      run_once(all[i], whole, nullptr, 0);
      shoal::testing::Checkpoints kept;
      run_once(all[i], unused, &kept, stop);
      resumed.scalars = unused.scalars;  // the host keeps them
      const std::size_t before = resumed.scalars.size();
      run_once(all[i], resumed, &kept, 0);
      ASSERT_LT(before, whole.scalars.size());
      ASSERT_EQ(resumed.scalars.size(), whole.scalars.size());
      for (std::size_t s = 0; s < whole.scalars.size(); ++s) {
        EXPECT_EQ(resumed.scalars[s].name, whole.scalars[s].name);
        EXPECT_EQ(resumed.scalars[s].step, whole.scalars[s].step);
        EXPECT_EQ(resumed.scalars[s].value, whole.scalars[s].value) << whole.scalars[s].name;
      }
      EXPECT_TRUE(same_state(*resumed.outputs.encoders["encoder"], *whole.outputs.encoders["encoder"]));
      EXPECT_TRUE(same_state(*resumed.outputs.heads["head"], *whole.outputs.heads["head"]));
      EXPECT_EQ(resumed.outputs.numbers, whole.outputs.numbers);
    }
  }
}

TEST(Checkpoints, AreNotTakenAfterTheEndThatPatienceChose) {
  SupervisedParams params = quick();
  params.validation_share = 0.2;
  params.patience = 1;
  shoal::testing::Checkpoints kept;
  Ended ended;
  run_once(params, ended, &kept, 0);
  std::size_t epochs = 0;
  for (const auto& scalar : ended.scalars) epochs += scalar.name == "train_loss" ? 1 : 0;
  ASSERT_LT(epochs, 5u);
  EXPECT_EQ(static_cast<std::size_t>(kept.saves()), epochs - 1);
}

}  // namespace
