#include "deepcluster.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pseudo_labels.h"
#include "shoal/torch/testing_toys.h"
#include "trial.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// K groups by farthest-first traversal from row 0, numbered at random in each fit where asked, with `stride` numbers
/// from one cluster to the next: those between are empty.
class FarthestFirst final : public shoal::Clusterer {
 public:
  explicit FarthestFirst(Index k, bool renumber = false, Index stride = 1)
      : k_(k), renumber_(renumber), stride_(stride) {}
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    const auto x = input.features.matrix<float>();
    Eigen::VectorXf nearest = Eigen::VectorXf::Constant(x.rows(), std::numeric_limits<float>::infinity());
    std::vector<std::int64_t> labels(static_cast<std::size_t>(x.rows()), 0);
    shoal::Random random = context.random("numbers");
    std::vector<std::int64_t> numbers = random.permutation(k_);
    if (!renumber_) std::sort(numbers.begin(), numbers.end());
    Eigen::Index center = 0;
    for (Index c = 0; c < k_; ++c) {
      for (Eigen::Index i = 0; i < x.rows(); ++i) {
        const float distance = (x.row(i) - x.row(center)).squaredNorm();
        if (distance >= nearest[i]) continue;
        nearest[i] = distance;
        labels[static_cast<std::size_t>(i)] = stride_ * numbers[static_cast<std::size_t>(c)];
      }
      nearest.maxCoeff(&center);
    }
    return {.labels = context.copy(labels), .clusters = k_ * stride_, .iterations = 1};
  }
  void predict(Context&, ConstArray, shoal::MutableArray) const override {}

 private:
  Index k_;
  bool renumber_;
  Index stride_;
};

std::vector<std::int64_t> modulo(Index count, Index classes) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Index>(i) % classes;
  return out;
}

DeepClusterParams quick(HeadPolicy policy = HeadPolicy::kReset) {
  DeepClusterParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.epochs = 4;
  params.batch_size = 32;
  params.learning_rate = 0.02;
  params.head_policy = policy;
  return params;
}

void wire_all_but_clusterer(TestInputs& inputs) {
  inputs.wire<Blobs>("data", 200);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<ToyHead>("head");
}

TEST(DeepCluster, FindsBlobsAndReportsEveryEpoch) {
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<FarthestFirst>("clusterer", 4);
  run(quick());
  EXPECT_THAT(series(run.host, "nmi_label"), SizeIs(4));
  EXPECT_DOUBLE_EQ(series(run.host, "nmi_label").back(), 1);
  EXPECT_THAT(series(run.host, "nmi_previous"), SizeIs(3));
  EXPECT_THAT(series(run.host, "churn"), SizeIs(3));
  EXPECT_EQ(series(run.host, "churn").back(), 0);
  EXPECT_THAT(series(run.host, "active"), Each(4));
  EXPECT_EQ(series(run.host, "largest_share").back(), 0.25);
  EXPECT_EQ(series(run.host, "smallest").back(), 50);
  EXPECT_GT(series(run.host, "explained_variance").back(), 0.9);
  EXPECT_THAT(series(run.host, "step_loss"), SizeIs(4 * 7));  // 200 = 6·32 + 8
  EXPECT_THAT(series(run.host, "loss"), SizeIs(4));
  EXPECT_EQ(run.outputs.numbers.at("clusters"), 4);
  EXPECT_EQ(run.outputs.arrays.at("labels").rows(), 200);
  EXPECT_FALSE(run.outputs.encoders.at("encoder")->training());
}

TEST(DeepCluster, GivesTheSameBytesForTheSameSeed) {
  Trial first, second({.threads = 2}), other({.seed = 1});
  for (Trial* run : {&first, &second, &other}) {
    wire_all_but_clusterer(run->inputs);
    run->inputs.wire<FarthestFirst>("clusterer", 4);
    (*run)(quick());
  }
  EXPECT_TRUE(first.same_encoder(second));
  EXPECT_FALSE(first.same_encoder(other));
}

TEST(DeepCluster, FindsTheSameInBFloat16) {
  Trial exact, rounded, again;
  DeepClusterParams params = quick();
  for (Trial* run : {&exact, &rounded, &again}) {
    wire_all_but_clusterer(run->inputs);
    run->inputs.wire<FarthestFirst>("clusterer", 4);
    (*run)(params);
    params.precision = shoal::Precision::kBFloat16;
    EXPECT_DOUBLE_EQ(series(run->host, "nmi_label").back(), 1);
  }
  EXPECT_TRUE(rounded.same_encoder(again));
  EXPECT_FALSE(rounded.same_encoder(exact));
  EXPECT_EQ(rounded.outputs.numbers.at("precision_bits"), 16);
}

// ---- What a batch contains ----------------------------------------------------------------------------------------

TEST(DeepCluster, FillsBatchesUniformlyOverClustersAndKeepsEachLabelWithItsExample) {
  std::vector<std::int64_t> labels;  // sizes 1000, 500, 100, 20, 2, shuffled, and 30 of noise
  for (const std::int64_t size : {1000, 500, 100, 20, 2})
    labels.insert(labels.end(), static_cast<std::size_t>(size), size);
  labels.insert(labels.end(), 30, -1);
  shoal::Random(7).shuffle(std::span(labels));
  const PseudoLabels expected = compact(labels);

  trained_on.clear();
  Trial run;
  run.inputs.wire<Numbered>("data", static_cast<Index>(labels.size()));
  run.inputs.wire<Through>("encoder");
  run.inputs.wire<Witness>("head");
  run.inputs.wire<Frozen>("clusterer", labels);
  run(quick());

  ASSERT_THAT(trained_on, SizeIs(4 * 1622));
  std::vector<double> drawn(5, 0);
  for (const auto& [example, label] : trained_on) {
    ASSERT_EQ(label, expected.labels[static_cast<std::size_t>(example)]);
    ++drawn[static_cast<std::size_t>(label)];
  }
  const double mean = 4 * 1622 / 5.0;
  double chi_squared = 0;
  for (const double count : drawn) chi_squared += (count - mean) * (count - mean) / mean;
  EXPECT_LT(chi_squared, 18.47);  // the 99.9 % point of χ² with 4 degrees of freedom
}

// ---- Heads --------------------------------------------------------------------------------------------------------

TEST(DeepCluster, IsSupervisedTrainingWhereTheClusterersLabelsAreTheTrueOnes) {
  DeepClusterParams params = quick(HeadPolicy::kMatched);
  params.sampler = Sampler::kNatural;
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<Frozen>("clusterer", modulo(200, 4));
  run(params);

  Host host;
  TestInputs inputs(host);
  wire_all_but_clusterer(inputs);
  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const auto encoder = inputs.encoder("encoder", data.shape());
  const auto head = inputs.head("head", 16, 4, 0);
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params), head_optimizer(head->parameters(), params);
  for (Index epoch = 1; epoch <= 4; ++epoch) {
    const auto rows = host.context().random("order").fork(static_cast<std::uint64_t>(epoch)).permutation(200);
    shoal::train_epoch(
        host.context(), {data, *encoder, *head, encoder_optimizer, head_optimizer},
        {.number = epoch, .rows = rows, .labels = data.labels(), .batch_size = 32, .learning_rate = [](Index) {
           return 0.02;
         }});
  }
  for (std::size_t i = 0; i < encoder->parameters().size(); ++i)
    EXPECT_TRUE(at::equal(encoder->parameters()[i].second, run.outputs.encoders.at("encoder")->parameters()[i].second));
  EXPECT_TRUE(at::equal(head->class_vectors().weight, run.outputs.heads.at("head")->class_vectors().weight));
}

TEST(DeepCluster, ClipsItsGradients) {  // 4 epochs of 7 steps at rate 1: no parameter gets farther than 28 limits
  DeepClusterParams params = quick();
  params.method = shoal::OptimizerMethod::kSgd;
  params.momentum = 0;
  params.learning_rate = 1;
  params.clip_norm = 1e-4;
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<FarthestFirst>("clusterer", 4);
  run(params);
  const auto before = run.inputs.encoder("encoder", {1, 2, 2});
  double squared = 0;
  for (std::size_t i = 0; i < before->parameters().size(); ++i) {
    const at::Tensor moved =
        run.outputs.encoders.at("encoder")->parameters()[i].second.detach() - before->parameters()[i].second.detach();
    squared += moved.to(at::kDouble).square().sum().item<double>();
  }
  EXPECT_GT(std::sqrt(squared), 1e-4);
  EXPECT_LT(std::sqrt(squared), 28e-4 + 1e-5);  // float32, near 1
}

TEST(DeepCluster, ResetsTheHeadToOneLogitForEachClusterThatIsNotEmpty) {
  Trial run;
  run.inputs.wire<Blobs>("data", 200, 6);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<ZeroHead>("head");
  run.inputs.wire<FarthestFirst>("clusterer", 6, /*renumber=*/false, /*stride=*/3);  // 18 clusters, 12 of them empty
  run(quick());
  const std::vector<double> losses = series(run.host, "step_loss");
  for (std::size_t epoch = 0; epoch < 4; ++epoch) EXPECT_NEAR(losses[7 * epoch], std::log(6), 1e-5) << epoch;
  EXPECT_LT(losses[6], 0.95 * std::log(6));
  EXPECT_EQ(run.outputs.numbers.at("clusters"), 6);
  EXPECT_EQ(run.outputs.heads.at("head")->parameters()[0].second.size(0), 6);
}

TEST(DeepCluster, KeepsAMatchedHeadWhateverTheClusterersNumbers) {
  std::vector<std::unique_ptr<Trial>> runs;
  for (const bool renumber : {false, true}) {
    Trial& run = *runs.emplace_back(std::make_unique<Trial>());
    run.inputs.wire<Blobs>("data", 200);
    run.inputs.wire<ToyEncoder>("encoder");
    run.inputs.wire<ZeroHead>("head");
    run.inputs.wire<FarthestFirst>("clusterer", 4, renumber);
    run(quick(HeadPolicy::kMatched));
    const std::vector<double> losses = series(run.host, "step_loss");
    EXPECT_LT(losses[7], losses[6] + 0.2);  // no jump back to ln 4
    EXPECT_LT(losses[7], 0.8 * std::log(4));
  }
  EXPECT_TRUE(runs[0]->same_encoder(*runs[1]));
}

TEST(DeepCluster, SetsClassVectorsToTheMeansOfTheEmbedding) {
  DeepClusterParams params = quick(HeadPolicy::kCentroids);
  params.epochs = 1;
  params.learning_rate = 1e-12;
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<Frozen>("clusterer", modulo(200, 4));
  run(params);

  const shoal::Examples data(run.host.context(), *run.inputs.dataset("data"));
  const auto encoder = run.inputs.encoder("encoder", data.shape());  // as it was before training
  const at::Tensor embedding = shoal::embed(run.host.context(), *encoder, data, {});
  const auto vectors = run.outputs.heads.at("head")->class_vectors();
  for (Index c = 0; c < 4; ++c) {
    const at::Tensor mean = embedding.slice(0, c, 200, 4).mean(0);
    EXPECT_LT((vectors.weight[c] - mean).abs().max().item<double>(), 1e-5);
    EXPECT_NEAR(vectors.bias[c].item<double>(), -0.5 * mean.square().sum().item<double>(), 1e-4);
  }
}

// ---- Transforms, labels, schedule of assignments --------------------------------------------------------------------

/// x·factor + offset − the mean of the first column that it was fitted to.
class Shift final : public shoal::Transform {
 public:
  Shift(float factor, float offset) : factor_(factor), offset_(offset) {}
  void fit(Context&, ConstArray features) override { mean_ = features.matrix<float>().col(0).mean(); }
  void apply(Context&, ConstArray features, shoal::MutableArray out) const override {
    out.matrix<float>() = (features.matrix<float>().array() * factor_ + (offset_ - mean_)).matrix();
  }

 private:
  float factor_, offset_, mean_ = 0;
};

float first_clustered = 0;

class Looks final : public shoal::Clusterer {
 public:
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    first_clustered = input.features.matrix<float>()(1, 0);
    return {.labels = context.copy(modulo(input.features.rows(), 2)), .clusters = 2};
  }
  void predict(Context&, ConstArray, shoal::MutableArray) const override {}
};

TEST(DeepCluster, ClustersWhatTheTransformsMakeInTheirOrder) {
  Trial run;
  run.inputs.wire<Numbered>("data", 3);  // example 1 is 1, the mean is 1
  run.inputs.wire<Through>("encoder");
  run.inputs.wire<Witness>("head");
  run.inputs.wire<Looks>("clusterer");
  run.inputs.wire<Shift>("transforms", 10.0f, 5.0f);  // 1 → 10 + 5 − 1 = 14; the mean of 4, 14, 24 is 14
  run.inputs.wire<Shift>("transforms", 2.0f, 0.5f);   // 14 → 28 + .5 − 14 = 14.5
  run(quick());
  EXPECT_FLOAT_EQ(first_clustered, 14.5f);
}

/// Blobs with labels that have nothing to do with them.
class Mislabelled final : public shoal::Dataset {
 public:
  shoal::DatasetInfo open(Context& context) override { return blobs_.open(context); }
  void read(Context& context, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    blobs_.read(context, which, examples, labels);
    for (std::size_t i = 0; labels && i < which.size(); ++i)
      labels->data<std::int64_t>()[i] = shoal::Random(9).fork(static_cast<std::uint64_t>(which[i])).below(3);
  }

 private:
  Blobs blobs_{200};
};

TEST(DeepCluster, LearnsTheSameWhateverTheTrueLabels) {
  Trial labelled, wrong, unlabelled;
  labelled.inputs.wire<Blobs>("data", 200);
  wrong.inputs.wire<Mislabelled>("data");
  unlabelled.inputs.wire<Blobs>("data", 200, 4, 0.1, 0, /*labelled=*/false);
  for (Trial* run : {&labelled, &wrong, &unlabelled}) {
    run->inputs.wire<ToyEncoder>("encoder");
    run->inputs.wire<ToyHead>("head");
    run->inputs.wire<FarthestFirst>("clusterer", 4);
    (*run)(quick());
    EXPECT_TRUE(run->same_encoder(labelled));
    for (const char* name : {"loss", "churn", "nmi_previous", "active", "explained_variance"})
      EXPECT_EQ(series(run->host, name), series(labelled.host, name)) << name;
  }
  EXPECT_LT(series(wrong.host, "nmi_label").back(), 0.2);
  EXPECT_THAT(series(unlabelled.host, "nmi_label"), IsEmpty());
}

TEST(DeepCluster, KeepsLabelsAndHeadBetweenAssignments) {
  DeepClusterParams params = quick();
  params.reassign_every = 3;
  Trial run;
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<ZeroHead>("head");
  run.inputs.wire<FarthestFirst>("clusterer", 4);
  run(params);
  EXPECT_THAT(series(run.host, "active"), SizeIs(2));  // epochs 1 and 4
  const std::vector<double> losses = series(run.host, "step_loss");
  EXPECT_LT(losses[7], 0.8 * std::log(4));
  EXPECT_NEAR(losses[21], std::log(4), 1e-5);
}

// ---- What goes wrong ------------------------------------------------------------------------------------------------

TEST(DeepCluster, WarnsWhenTheHeadOnlyGuessesOrOneClusterIsMostOfAll) {
  std::vector<std::int64_t> lopsided = modulo(200, 4);
  for (std::size_t i = 0; i < 140; ++i) lopsided[i] = 0;
  DeepClusterParams params = quick();
  params.epochs = 1;
  params.learning_rate = 1e-9;
  Trial run;
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<ZeroHead>("head");
  run.inputs.wire<Frozen>("clusterer", lopsided);
  run(params);
  ASSERT_THAT(run.host.log(), SizeIs(2));
  EXPECT_THAT(run.host.log()[0].text,
              HasSubstr("epoch 1: one cluster holds 0.775 of the examples"));  // 140 + 15 of 200
  EXPECT_THAT(run.host.log()[1].text, HasSubstr("guessing among 4 clusters, ln 4 = 1.386294"));
  EXPECT_EQ(run.host.log()[1].level, shoal::Level::kWarning);
}

TEST(DeepCluster, StopsWhereThereIsNothingToLearn) {
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<FarthestFirst>("clusterer", 1);
  EXPECT_THAT([&] { run(quick()); },
              ThrowsMessage<shoal::Error>(
                  HasSubstr("at least 2 clusters are needed, but in epoch 1 200 of 200 examples are in 1")));
}

// ---- Given labels, and a vote -------------------------------------------------------------------------------------

TEST(DeepCluster, LetsNeighboursMendGivenLabelsBeforeEachEpochAndAfterTheLast) {
  Trial run;
  wire_all_but_clusterer(run.inputs);
  std::vector<std::int64_t> labels = modulo(200, 4);
  for (std::size_t i = 0; i < 200; i += 20) labels[i] = (labels[i] + 1) % 4;  // one of twenty is wrong
  run.inputs.wire_array("labels", run.host.context().copy(labels));
  run(quick(HeadPolicy::kMatched));
  EXPECT_THAT(series(run.host, "nmi_label"), SizeIs(5));  // of 4 epochs, and of the last vote
  EXPECT_THAT(series(run.host, "nmi_label"), Each(1));
  EXPECT_DOUBLE_EQ(series(run.host, "churn").front(), 10.0 / 200);
  EXPECT_EQ(series(run.host, "churn").back(), 0);
  EXPECT_THAT(series(run.host, "loss"), SizeIs(4));
  // Numbers stay those of the given labels.
  const auto found = run.outputs.arrays.at("labels").view().vector<std::int64_t>();
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(found[i], found[i % 4]) << i;
}

TEST(DeepCluster, TakesEitherAClustererOrLabels) {
  for (const bool both : {false, true}) {
    Trial run;
    wire_all_but_clusterer(run.inputs);
    if (both) {
      run.inputs.wire<FarthestFirst>("clusterer", 4);
      run.inputs.wire_array("labels", run.host.context().copy(modulo(200, 4)));
    }
    EXPECT_THAT([&] { run(quick()); },
                ThrowsMessage<shoal::InputError>(HasSubstr(both ? "'clusterer' and 'labels', not both" : "not none")));
  }
  Trial run;
  wire_all_but_clusterer(run.inputs);
  run.inputs.wire<FarthestFirst>("clusterer", 4);
  DeepClusterParams params = quick();
  params.votes = 3;
  EXPECT_THAT([&] { run(params); }, ThrowsMessage<shoal::InputError>(HasSubstr("'votes' is for the vote")));
  Trial few;
  wire_all_but_clusterer(few.inputs);
  few.inputs.wire_array("labels", few.host.context().copy(modulo(199, 4)));
  EXPECT_THAT([&] { few(quick()); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'data' has 200 examples, but 'labels' are 199")));
}

TEST(DeepCluster, RefusesCentroidsOfAnotherSpaceOrForAnotherHead) {
  Trial transformed;
  wire_all_but_clusterer(transformed.inputs);
  transformed.inputs.wire<FarthestFirst>("clusterer", 4);
  transformed.inputs.wire<Shift>("transforms", 1.0f, 0.0f);
  EXPECT_THAT([&] { transformed(quick(HeadPolicy::kCentroids)); },
              ThrowsMessage<shoal::InputError>(HasSubstr("clustered went through transforms")));
  Trial zero;
  zero.inputs.wire<Blobs>("data", 200);
  zero.inputs.wire<ToyEncoder>("encoder");
  zero.inputs.wire<ZeroHead>("head");
  zero.inputs.wire<FarthestFirst>("clusterer", 4);
  EXPECT_THAT([&] { zero(quick(HeadPolicy::kCentroids)); },
              ThrowsMessage<shoal::InputError>(HasSubstr("needs a head with one vector a class")));
}

}  // namespace
