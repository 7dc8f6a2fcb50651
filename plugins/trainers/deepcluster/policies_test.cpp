// What the policies of the loop do in a run; deepcluster_test.cpp has the loop itself.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "shoal/torch/testing_toys.h"
#include "trial.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

DeepClusterParams quick() {
  DeepClusterParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.epochs = 3;
  params.batch_size = 32;
  params.learning_rate = 0.02;
  params.sampler = Sampler::kNatural;
  return params;
}

std::vector<std::int64_t> filled(std::initializer_list<std::pair<Index, std::int64_t>> runs) {  // (how many, label)
  std::vector<std::int64_t> out;
  for (const auto& [count, label] : runs) out.insert(out.end(), static_cast<std::size_t>(count), label);
  return out;
}

// ---- Toys -----------------------------------------------------------------------------------------------------------

/// Cosines with fixed class vectors, over 0.1.
class CosineHead final : public shoal::Head {
 public:
  void build(Context&, Index embedding, Index classes) override {
    weight_ = add_buffer("weight", at::ones({classes, embedding}));
  }
  at::Tensor forward(const at::Tensor& embedding) override {
    const auto unit = [](const at::Tensor& x) {
      return x / at::linalg_vector_norm(x, 2, at::IntArrayRef{1}, true).clamp_min(1e-6);
    };
    return unit(embedding).matmul(unit(weight_).t()) / 0.1;
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return at::cross_entropy_loss(logits, labels);
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
  ClassVectors class_vectors() override { return {weight_, {}}; }

 private:
  at::Tensor weight_;
};

std::vector<bool> warm;  // whether centroids were given, fit by fit

/// One step of Lloyd's from given centroids, or else from rows 0, 1, … k − 1.
class OneStep final : public shoal::Clusterer {
 public:
  static constexpr const char* kTraits[] = {"input:init", nullptr};
  explicit OneStep(Index k) : k_(k) {}
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    warm.push_back(input.init.has_value());
    const shoal::RowMatrix<double> x = shoal::to_float64(input.features);
    const shoal::RowMatrix<double> centers =
        input.init ? shoal::to_float64(*input.init) : shoal::RowMatrix<double>(x.topRows(k_));
    std::vector<std::int64_t> labels(static_cast<std::size_t>(x.rows()));
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      (centers.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&labels[static_cast<std::size_t>(i)]);
    return {.labels = context.copy(labels), .clusters = k_, .iterations = 1};
  }
  void predict(Context&, ConstArray, shoal::MutableArray) const override {}

 private:
  Index k_;
};

/// Adds 1000 to every number.
class Lift final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random&) const override { return batch + 1000; }
};

/// Rows divided by their length.
class Unit final : public shoal::Transform {
 public:
  void fit(Context&, ConstArray) override {}
  void apply(Context&, ConstArray features, shoal::MutableArray out) const override {
    out.matrix<float>() = shoal::unit_rows(features).cast<float>();
  }
};

/// Turns the first two columns by an angle of its own for each fit, and shifts all.
class Turn final : public shoal::Transform {
 public:
  explicit Turn(bool on) : on_(on) {}
  void fit(Context& context, ConstArray) override {
    if (on_) angle_ = context.random("angle").uniform(0.5, 5), shift_ = 3;
  }
  void apply(Context&, ConstArray features, shoal::MutableArray out) const override {
    shoal::RowMatrix<double> x = shoal::to_float64(features);
    const Eigen::VectorXd a = x.col(0), b = x.col(1);
    x.col(0) = std::cos(angle_) * a - std::sin(angle_) * b;
    x.col(1) = std::sin(angle_) * a + std::cos(angle_) * b;
    out.matrix<float>() = (x.array() + shift_).cast<float>().matrix();
  }

 private:
  bool on_;
  double angle_ = 0, shift_ = 0;
};

// ---- Features -------------------------------------------------------------------------------------------------------

TEST(Memory, ClustersWhatWasTrainedOnAndSweepsOnce) {
  for (const bool memory : {false, true}) {
    SCOPED_TRACE(memory);
    clustered.clear();
    eval_passes = 0;
    Trial run;
    run.inputs.wire<Numbered>("data", 100);
    run.inputs.wire<Through>("encoder");
    run.inputs.wire<Witness>("head");
    run.inputs.wire<Lift>("augmentation");
    run.inputs.wire<Frozen>("clusterer", filled({{50, 0}, {50, 1}}));
    DeepClusterParams params = quick();
    params.features = memory ? FeatureSource::kMemory : FeatureSource::kSweep;
    run(params);
    ASSERT_THAT(clustered, SizeIs(3));
    EXPECT_EQ(eval_passes, memory ? 1 : 3);  // 100 examples are one batch of 256
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(clustered[0][i], static_cast<float>(i));
      EXPECT_EQ(clustered[2][i], static_cast<float>(i) + (memory ? 1000 : 0));
    }
  }
}

TEST(Memory, KeepsTheOlderEmbeddingOfWhoWasNotDrawn) {
  clustered.clear();
  Trial run;
  run.inputs.wire<Numbered>("data", 25);
  run.inputs.wire<Through>("encoder");
  run.inputs.wire<Witness>("head");
  run.inputs.wire<Lift>("augmentation");
  run.inputs.wire<Frozen>("clusterer", filled({{10, 0}, {5, -1}, {10, 1}}));  // noise is never drawn
  DeepClusterParams params = quick();
  params.features = FeatureSource::kMemory;
  params.epochs = 2;
  params.on_collapse = OnCollapse::kIgnore;  // numbers on a line are collapsed, and are meant to be
  run(params);
  ASSERT_THAT(clustered, SizeIs(2));
  for (std::size_t i = 0; i < 25; ++i)
    EXPECT_EQ(clustered[1][i], static_cast<float>(i) + (i >= 10 && i < 15 ? 0 : 1000)) << i;
  ASSERT_THAT(run.host.log(), testing::Not(IsEmpty()));
  EXPECT_THAT(run.host.log()[0].text, HasSubstr("5 of 25 examples were not drawn"));
}

// ---- Assignment -----------------------------------------------------------------------------------------------------

/// Blobs 0, 1 and 2 are one cluster of 150, blob 3 one of 50.
void wire_lopsided(TestInputs& inputs) {
  std::vector<std::int64_t> labels(200);
  for (std::size_t i = 0; i < 200; ++i) labels[i] = i % 4 == 3 ? 1 : 0;
  inputs.wire<Blobs>("data", 200);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<ToyHead>("head");
  inputs.wire<Frozen>("clusterer", labels);
}

TEST(AssignmentPolicy, LimitsTheLargestCluster) {
  for (const auto& [assignment, least, most] :
       {std::tuple{Assignment::kHard, 0.75, 0.75}, std::tuple{Assignment::kCapped, 0.6, 0.6},  // ⌈1.2·100⌉ of 200
        std::tuple{Assignment::kBalanced, 0.5, 0.55}}) {
    Trial run;
    wire_lopsided(run.inputs);
    DeepClusterParams params = quick();
    params.assignment = assignment;
    if (assignment == Assignment::kCapped) params.size_cap = 1.2;
    run(params);
    EXPECT_THAT(series(run.host, "largest_share"), Each(testing::AllOf(testing::Ge(least), Le(most))));
  }
}

TEST(AssignmentPolicy, ConfidentTrainsOnWhatIsNearAndLabelsAll) {
  trained_on.clear();
  Trial run;
  run.inputs.wire<Numbered>("data", 20);
  run.inputs.wire<Through>("encoder");
  run.inputs.wire<Witness>("head");
  run.inputs.wire<Frozen>("clusterer", filled({{10, 0}, {10, 1}}));
  DeepClusterParams params = quick();
  params.assignment = Assignment::kConfident;
  params.drop_far = 0.2;  // of 0 … 9, whose mean is 4.5, 0 and 9
  run(params);
  ASSERT_THAT(trained_on, SizeIs(3 * 16));
  std::set<Index> seen;
  for (const auto& [example, label] : trained_on) {
    seen.insert(example);
    EXPECT_EQ(label, example / 10);
  }
  EXPECT_THAT(seen, SizeIs(16));
  for (const Index far : {0, 9, 10, 19}) EXPECT_FALSE(seen.contains(far)) << far;
  EXPECT_EQ(run.labels(), filled({{10, 0}, {10, 1}}));
  EXPECT_THAT(series(run.host, "smallest"), Each(10));
}

TEST(AssignmentPolicy, RefusesOptionsThatItHasNoUseFor) {
  const auto check = [](auto&& change) {
    DeepClusterParams params;
    change(params);
    params.check();
  };
  EXPECT_THAT([&] { check([](auto& p) { p.epsilon = 0.1; }); },
              ThrowsMessage<shoal::InputError>("'epsilon' belongs to assignment 'balanced'"));
  EXPECT_THAT([&] { check([](auto& p) { p.size_cap = 2; }); },
              ThrowsMessage<shoal::InputError>("'size_cap' belongs to assignment 'capped'"));
  EXPECT_THAT([&] { check([](auto& p) { p.assignment = Assignment::kConfident, p.drop_far = 0; }); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'drop_far' is 0; 'hard' leaves nobody out")));
  const auto with_labels = [](auto&& change) {
    Trial run;
    run.inputs.wire<Blobs>("data", 200);
    run.inputs.wire<ToyEncoder>("encoder");
    run.inputs.wire<ToyHead>("head");
    run.inputs.wire_array("labels", run.host.context().copy(filled({{100, 0}, {100, 1}})));
    DeepClusterParams params = quick();
    change(params);
    run(params);
  };
  EXPECT_THAT([&] { with_labels([](auto& p) { p.assignment = Assignment::kBalanced; }); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'labels' are wired, and neighbours vote")));
  EXPECT_THAT([&] { with_labels([](auto& p) { p.warm_start = true; }); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'warm_start' is for a clusterer")));
  EXPECT_THAT([&] { with_labels([](auto& p) { p.heads = 2; }); },
              ThrowsMessage<shoal::InputError>(HasSubstr("given 'labels' are for 1 head, but 'heads' is 2")));
}

// ---- Warm start -----------------------------------------------------------------------------------------------------

TEST(WarmStart, IsTheSameWhenFeaturesAreTurnedAndShifted) {
  std::vector<std::unique_ptr<Trial>> runs;
  for (const bool turned : {false, true}) {
    warm.clear();
    Trial& run = *runs.emplace_back(std::make_unique<Trial>());
    run.inputs.wire<Blobs>("data", 200);
    run.inputs.wire<ToyEncoder>("encoder");
    run.inputs.wire<ToyHead>("head");
    run.inputs.wire<OneStep>("clusterer", 4);
    run.inputs.wire<Turn>("transforms", turned);
    DeepClusterParams params = quick();
    params.warm_start = true;
    run(params);
    EXPECT_THAT(warm, ElementsAre(false, true, true));
  }
  EXPECT_EQ(runs[0]->labels(), runs[1]->labels());
  EXPECT_TRUE(same(*runs[0]->outputs.encoders.at("encoder"), *runs[1]->outputs.encoders.at("encoder")));
}

// ---- Heads ----------------------------------------------------------------------------------------------------------

TEST(SeveralHeads, LearnTheirOwnClustersAndGiveTheFirstOnes) {
  Trial run;
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<ZeroHead>("head");
  run.inputs.wire<OneStep>("clusterer", 4);
  run.inputs.wire<OneStep>("clusterer", 2);
  run(quick());
  const std::vector<double> losses = series(run.host, "step_loss");
  for (std::size_t epoch = 0; epoch < 3; ++epoch)
    EXPECT_NEAR(losses[7 * epoch], (std::log(4) + std::log(2)) / 2, 1e-5) << epoch;
  EXPECT_LT(losses[20], 0.5 * losses[0]);
  EXPECT_EQ(run.outputs.numbers.at("clusters"), 4);
  EXPECT_EQ(run.outputs.heads.at("head")->parameters()[0].second.size(0), 4);
  EXPECT_THAT(series(run.host, "active"), ElementsAre(4, 4, 4));
  EXPECT_THAT(series(run.host, "churn"), SizeIs(2));
}

TEST(SeveralHeads, OfOneClustererHaveChanceOfTheirOwn) {
  std::vector<std::uint64_t> of_one;
  for (const Index heads : {1, 3}) {
    chances.clear();
    Trial run;
    wire_lopsided(run.inputs);
    DeepClusterParams params = quick();
    params.heads = heads;
    run(params);
    EXPECT_THAT(std::set(chances.begin(), chances.end()), SizeIs(static_cast<std::size_t>(3 * heads)));
    if (heads == 1) of_one = chances;
    else
      for (std::size_t epoch = 0; epoch < 3; ++epoch) EXPECT_EQ(chances[3 * epoch], of_one[epoch]);
  }
  Trial few;
  wire_lopsided(few.inputs);
  few.inputs.wire<OneStep>("clusterer", 2);
  DeepClusterParams params = quick();
  params.heads = 1;
  EXPECT_THAT([&] { few(params); }, ThrowsMessage<shoal::InputError>(HasSubstr("2 are wired, but 'heads' is 1")));
}

TEST(CentroidHead, OfCosinesTakesTheMeansOfUnitRowsAndIsNotTrained) {
  DeepClusterParams params = quick();
  params.head_policy = HeadPolicy::kCentroids;
  params.epochs = 1;
  Trial run;
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<CosineHead>("head");
  run.inputs.wire<Unit>("transforms");
  std::vector<std::int64_t> labels(200);
  for (std::size_t i = 0; i < 200; ++i) labels[i] = static_cast<std::int64_t>(i % 4);
  run.inputs.wire<Frozen>("clusterer", labels);
  run(params);

  const shoal::Examples data(run.host.context(), *run.inputs.dataset("data"));
  const auto before = run.inputs.encoder("encoder", data.shape());
  const shoal::RowMatrix<double> unit =
      shoal::unit_rows(shoal::view(shoal::embed(run.host.context(), *before, data, {})));
  const at::Tensor prototypes = run.outputs.heads.at("head")->class_vectors().weight;
  for (Index c = 0; c < 4; ++c) {
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(unit.cols());
    for (Eigen::Index i = c; i < 200; i += 4) mean += unit.row(i) / 50;
    for (Index j = 0; j < unit.cols(); ++j) EXPECT_NEAR(prototypes[c][j].item<double>(), mean[j], 1e-6);
  }
  EXPECT_FALSE(same(*before, *run.outputs.encoders.at("encoder")));  // it is the encoder that learns
  EXPECT_LT(series(run.host, "step_loss").back(), series(run.host, "step_loss").front());
}

TEST(CentroidHead, OfCosinesRefusesOtherDirections) {
  DeepClusterParams params = quick();
  params.head_policy = HeadPolicy::kCentroids;
  Trial run;
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<CosineHead>("head");
  run.inputs.wire<Turn>("transforms", true);
  run.inputs.wire<OneStep>("clusterer", 4);
  EXPECT_THAT([&] { run(params); },
              ThrowsMessage<shoal::InputError>(HasSubstr("the cosine of example 0 before and after them is")));
}

// ---- Collapse -------------------------------------------------------------------------------------------------------

TEST(OnCollapsePolicy, WarnsStopsOrIsSilent) {
  for (const OnCollapse then : {OnCollapse::kWarn, OnCollapse::kStop, OnCollapse::kIgnore}) {
    Trial run;
    wire_lopsided(run.inputs);
    DeepClusterParams params = quick();
    params.on_collapse = then;
    if (then == OnCollapse::kStop) {
      EXPECT_THAT([&] { run(params); }, ThrowsMessage<shoal::Error>(HasSubstr("one cluster holds 0.75")));
      continue;
    }
    run(params);
    EXPECT_THAT(run.host.log(), SizeIs(then == OnCollapse::kWarn ? 3 : 0));
    EXPECT_THAT(series(run.host, "rank_me"), SizeIs(then == OnCollapse::kWarn ? 3 : 0));
  }
}

}  // namespace
