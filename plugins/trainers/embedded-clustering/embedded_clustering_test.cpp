#include "embedded_clustering.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <numeric>

#include "shoal/kernels/agreement.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyAutoencoder;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// The first K rows as centroids; of Blobs that is one of each class.
class FirstRows final : public shoal::Clusterer {
 public:
  explicit FirstRows(Index k = 4, bool centroids = true) : k_(k), centroids_(centroids) {}
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    std::vector<std::int64_t> labels(static_cast<std::size_t>(input.features.rows()), 0);
    shoal::Clustering out{.labels = context.copy(labels), .clusters = k_, .iterations = 1};
    if (centroids_) out.centroids = context.copy(input.features.slice(0, k_));
    return out;
  }
  void predict(Context&, ConstArray, shoal::MutableArray) const override {}

 private:
  Index k_;
  bool centroids_;
};

/// Of Blobs, as a linear autoencoder may be after training: the three numbers that tell four classes apart, as 2x − 1.
class Trained final : public shoal::Encoder, public shoal::Decoder {
 public:
  void build(Context& context, const shoal::Shape&) override {
    down_ = add_linear(*this, "down", 4, 3, context.random("init"));
    up_ = add_linear(*this, "up", 3, 4, context.random("init"));
    const c10::NoGradGuard no_grad;
    down_.weight.copy_(at::eye(3, 4) * 2), down_.bias.fill_(-1);
    up_.weight.copy_(at::eye(4, 3) / 2), up_.bias.copy_(at::eye(4, 3).sum(1) / 2);
  }
  Index embedding_size() const override { return 3; }
  at::Tensor forward(const at::Tensor& examples) override { return down_(examples.flatten(1)); }
  at::Tensor decode(const at::Tensor& embedding) override { return up_(embedding).view({embedding.size(0), 1, 2, 2}); }

 private:
  shoal::Linear down_, up_;
};

/// What one run gave. The host outlives the arrays.
struct Trial {
  explicit Trial(std::uint64_t seed = 0, double noise = 0.25, bool trained = false)
      : host({.seed = seed}), inputs(host) {
    inputs.wire<Blobs>("data", 200, 4, noise);
    if (trained) inputs.wire<Trained>("encoder");
    else inputs.wire<ToyAutoencoder>("encoder", 3);
    inputs.wire<FirstRows>("clusterer");
  }
  Trial& operator()(const EmbeddedClusteringParams& params) {
    EmbeddedClustering(params).run(host.context(), inputs, outputs);
    return *this;
  }
  const shoal::NamedTensors& parameters() const { return outputs.encoders.at("encoder")->parameters(); }
  double nmi_of(const std::string& output) const {
    const auto labels = outputs.arrays.at(output).view().vector<std::int64_t>();
    std::vector<std::int64_t> truth(labels.size());
    for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<Index>(i) % 4;
    return shoal::kernels::nmi(shoal::kernels::contingency(truth, labels));
  }
  Host host;
  TestInputs inputs;
  TestOutputs outputs;
};

EmbeddedClusteringParams quick(Method method) {
  EmbeddedClusteringParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.clustering = method;
  params.TrainingOptions::method = shoal::OptimizerMethod::kAdam;
  params.batch_size = 32;
  params.update_interval = 20;
  params.max_steps = 200;
  params.gamma = 0.5;
  return params;
}

constexpr Method kMethods[] = {Method::kDec, Method::kIdec, Method::kDcn};

TEST(EmbeddedClustering, FindsBlobsAndLabelsNewOnes) {
  for (const Method method : kMethods) {
    SCOPED_TRACE(static_cast<int>(method));
    Trial trial(0, /*noise=*/0.2, /*trained=*/true);
    trial.inputs.wire<Blobs>("test", 40, 4, 0.1);
    trial(quick(method));
    EXPECT_GE(trial.nmi_of("labels"), 0.97);
    EXPECT_GE(trial.nmi_of("labels"), series(trial.host, "nmi_label").front());
    EXPECT_EQ(trial.nmi_of("predicted"), 1);
    EXPECT_EQ(series(trial.host, "nmi_label").back(), trial.nmi_of("labels"));
    EXPECT_EQ(trial.outputs.arrays.at("centroids").view().shape()[1], 3);
  }
}

TEST(EmbeddedClustering, DrawsEmbeddingsToTheirCentroids) {  // mean distance to the centroid beside that between them
  const auto looseness = [](Trial& trial) {
    const shoal::Examples data(trial.host.context(), *trial.inputs.dataset("data"));
    const at::Tensor z = shoal::embed(trial.host.context(), *trial.outputs.encoders.at("encoder"), data, {});
    const at::Tensor c = shoal::tensor(trial.outputs.arrays.at("centroids"));
    const at::Tensor d = (z.unsqueeze(1) - c.unsqueeze(0)).square().sum(2).sqrt();
    const at::Tensor between = (c.unsqueeze(1) - c.unsqueeze(0)).square().sum(2).sqrt();
    return d.amin(1).mean().item<double>() / between.sum().item<double>() * 12;
  };
  for (const Method method :
       {Method::kDec, Method::kIdec}) {  // beside no weight on it; of dec, which has none: beside 1 step
    SCOPED_TRACE(static_cast<int>(method));
    EmbeddedClusteringParams params = quick(method);
    params.tolerance = 0;
    Trial drawn(0, 0.1, /*trained=*/true), not_drawn(0, 0.1, /*trained=*/true);
    drawn(params);
    params.gamma = 0;
    if (method == Method::kDec) params.max_steps = 1;
    not_drawn(params);
    EXPECT_LT(looseness(drawn), 0.8 * looseness(not_drawn));
  }
}

TEST(EmbeddedClustering, WeighsTheDistanceToTheCentroidsInDcn) {  // which shrinks more where it counts more
  const auto last_distance = [](double gamma) {
    Trial trial(0, 0.1, /*trained=*/true);
    EmbeddedClusteringParams params = quick(Method::kDcn);
    params.gamma = gamma;
    params.tolerance = 0;
    trial(params);
    const auto distances = series(trial.host, "clustering_loss");
    return std::accumulate(distances.end() - 20, distances.end(), 0.0);
  };
  EXPECT_LT(last_distance(5), 0.9 * last_distance(0));
}

TEST(EmbeddedClustering, WithoutWeightOnTheClustersIsTheAutoencodersTraining) {  // to the byte
  Trial trial;
  EmbeddedClusteringParams params = quick(Method::kIdec);
  params.gamma = 0;
  params.tolerance = 0;
  params.max_steps = 50;
  trial(params);

  Host host;
  TestInputs inputs(host);
  inputs.wire<Blobs>("data", 200, 4, 0.25);
  inputs.wire<ToyAutoencoder>("encoder", 3);
  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const auto encoder = inputs.encoder("encoder", data.shape());
  shoal::Optimizer optimizer(encoder->parameters(), params);
  shoal::Batches batches(host.context(), data, nullptr, params.batch_size);
  for (int step = 0; step < 50; ++step) {
    const auto batch = batches.next();
    optimizer.zero_grad();
    shoal::reconstruction_loss(shoal::decoder_of(*encoder), encoder->forward(batch.seen), batch, params).backward();
    optimizer.step();
  }
  for (std::size_t i = 0; i < encoder->parameters().size(); ++i)
    EXPECT_TRUE(at::equal(trial.parameters()[i].second, encoder->parameters()[i].second));
}

TEST(EmbeddedClustering, LeavesTheDecoderAsItIsInDecAlone) {
  for (const Method method : kMethods) {
    SCOPED_TRACE(static_cast<int>(method));
    Trial trial;
    trial(quick(method));
    const auto untrained = trial.inputs.encoder("encoder", {1, 2, 2});
    const auto same = [&](std::size_t i) {
      return at::equal(trial.parameters()[i].second, untrained->parameters()[i].second);
    };
    EXPECT_FALSE(same(0));                       // down.weight
    EXPECT_EQ(same(2), method == Method::kDec);  // up.weight
    EXPECT_THAT(series(trial.host, "clustering_loss"),
                SizeIs(method == Method::kDec ? 0 : trial.outputs.numbers["steps"]));
  }
}

TEST(EmbeddedClustering, DoesNotStopAtTheFirstLookThoughNothingHasChangedYet) {
  for (const Method method : kMethods) {
    Trial trial;
    EmbeddedClusteringParams params = quick(method);
    params.tolerance = 0.9;  // so the second look ends it
    trial(params);
    EXPECT_EQ(trial.outputs.numbers.at("steps"), 20);
    EXPECT_THAT(series(trial.host, "churn"), SizeIs(1));
    EXPECT_THAT(series(trial.host, "nmi_previous"), SizeIs(1));
    EXPECT_THAT(series(trial.host, "smallest"), SizeIs(2));
    EXPECT_THAT(series(trial.host, "step_loss"), SizeIs(20));
    EXPECT_THAT(series(trial.host, "loss"), SizeIs(1));
  }
}

TEST(EmbeddedClustering, SaysThatItStoppedAtTheCap) {
  const auto warnings = [](double tolerance) {
    Trial trial(0, /*noise=*/0.6);
    EmbeddedClusteringParams params = quick(Method::kDec);
    params.learning_rate = 0.05;
    params.tolerance = tolerance;
    params.max_steps = 5;
    trial(params);
    EXPECT_EQ(trial.outputs.numbers.at("steps"), 5);
    std::vector<std::string> out;
    for (const auto& line : trial.host.log())
      if (line.level == shoal::Level::kWarning) out.push_back(line.text);
    return out;
  };
  EXPECT_THAT(warnings(1e-9), Contains(HasSubstr("training ends at 'max_steps', 5: 0.")));
  EXPECT_THAT(warnings(0), IsEmpty());
}

TEST(EmbeddedClustering, NeverSeesALabel) {  // but in the logged nmi_label
  const auto encoder_of = [](Index relabel, bool labelled) {
    Host host;
    TestInputs inputs(host);
    TestOutputs outputs;
    inputs.wire<Blobs>("data", 200, 4, 0.25, relabel, labelled);
    inputs.wire<ToyAutoencoder>("encoder", 3);
    inputs.wire<FirstRows>("clusterer");
    EmbeddedClustering(quick(Method::kIdec)).run(host.context(), inputs, outputs);
    EXPECT_EQ(series(host, "nmi_label").empty(), !labelled);
    return outputs.encoders.at("encoder")->parameters()[0].second.detach().clone();
  };
  EXPECT_TRUE(at::equal(encoder_of(0, true), encoder_of(1, true)));
  EXPECT_TRUE(at::equal(encoder_of(0, true), encoder_of(0, false)));
}

TEST(EmbeddedClustering, GivesTheSameBytesForTheSameSeed) {
  for (const Method method : kMethods) {
    Trial a(1), b(1), c(2);
    a(quick(method)), b(quick(method)), c(quick(method));
    EXPECT_TRUE(at::equal(a.parameters()[0].second, b.parameters()[0].second));
    EXPECT_FALSE(at::equal(a.parameters()[0].second, c.parameters()[0].second));
    EXPECT_TRUE(at::equal(shoal::tensor(a.outputs.arrays["centroids"]), shoal::tensor(b.outputs.arrays["centroids"])));
  }
}

TEST(EmbeddedClustering, SaysWhatItCannotBeginFrom) {
  const auto run = [](Index k, bool centroids, Method method) {
    return [=] {
      Host host;
      TestInputs inputs(host);
      TestOutputs outputs;
      inputs.wire<Blobs>("data", 40);
      inputs.wire<ToyAutoencoder>("encoder", 3);
      inputs.wire<FirstRows>("clusterer", k, centroids);
      EmbeddedClusteringParams params = quick(method);
      params.target = shoal::ReconstructionTarget::kAugmented;
      EmbeddedClustering(params).run(host.context(), inputs, outputs);
    };
  };
  EXPECT_THAT(run(1, true, Method::kDec),
              ThrowsMessage<shoal::InputError>("at least 2 clusters are needed, but the clusterer found 1"));
  EXPECT_THAT(run(4, false, Method::kDec),
              ThrowsMessage<shoal::InputError>(HasSubstr("is wired to 'clusterer' has none")));
  EXPECT_THAT(run(4, true, Method::kIdec), ThrowsMessage<shoal::InputError>(HasSubstr("target 'augmented' needs")));
}

TEST(EmbeddedClustering, GivesNothingOutOnceTheEmbeddingIsNoNumber) {  // the one step's own loss was still finite
  Trial trial;
  EmbeddedClusteringParams params = quick(Method::kIdec);
  params.TrainingOptions::method = shoal::OptimizerMethod::kSgd;
  params.learning_rate = 1e39;  // more than a float holds
  params.max_steps = 1;
  EXPECT_THROW(trial(params), shoal::Error);
  EXPECT_TRUE(trial.outputs.arrays.empty());
}

TEST(EmbeddedClustering, RefusesParametersOfOtherMethods) {
  EmbeddedClusteringParams params;
  EXPECT_NO_THROW(params.check());
  params.gamma = 0.1;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("method 'dec' has not")));
  params.clustering = Method::kIdec;
  params.alpha = 1;
  EXPECT_NO_THROW(params.check());
  params.clustering = Method::kDcn;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("'dcn' has none")));
}

TEST(EmbeddedClustering, FindsTheSameInBFloat16) {
  for (const Method method : kMethods) {
    SCOPED_TRACE(static_cast<int>(method));
    Trial exact(0, /*noise=*/0.2, /*trained=*/true), rounded(0, 0.2, true), again(0, 0.2, true);
    EmbeddedClusteringParams params = quick(method);
    exact(params);
    params.precision = shoal::Precision::kBFloat16;
    rounded(params), again(params);
    EXPECT_EQ(series(rounded.host, "step_loss"), series(again.host, "step_loss"));
    EXPECT_NE(series(rounded.host, "step_loss"), series(exact.host, "step_loss"));
    EXPECT_NEAR(rounded.nmi_of("labels"), exact.nmi_of("labels"), 0.05);
    EXPECT_EQ(rounded.outputs.numbers.at("precision_bits"), 16);
  }
}

TEST(EmbeddedClustering, GoesOnFromACheckpointToTheSameBytes) {
  for (const Method method : kMethods) {
    for (const shoal::OptimizerMethod optimizer : {shoal::OptimizerMethod::kAdam, shoal::OptimizerMethod::kSgd}) {
      SCOPED_TRACE(shoal::text("method {}, optimizer {}", static_cast<int>(method), static_cast<int>(optimizer)));
      EmbeddedClusteringParams params = quick(method);
      params.TrainingOptions::method = optimizer;
      params.tolerance = 0;
      params.update_interval = 9;  // an epoch has 7 steps
      params.max_steps = 40;       // no multiple of it: the last look comes sooner
      const auto make = [] {
        auto trial = std::make_unique<Trial>(3, /*noise=*/0.5);
        trial->inputs.wire<Blobs>("test", 40, 4, 0.5);
        return trial;
      };
      const shoal::testing::Resume<Trial> run(make, [&](Trial& trial) { trial(params); });
      EXPECT_EQ(run.checkpoints(), 5);
      for (const int stop : {1, 2, 4, 5}) EXPECT_EQ(run.difference(stop), "") << stop;
      if (optimizer == shoal::OptimizerMethod::kSgd) continue;
      EXPECT_THAT(run.idle_pieces(2), IsEmpty());
    }
  }
}

TEST(EmbeddedClustering, StopsByItsToleranceAfterACheckpointToo) {
  EmbeddedClusteringParams params = quick(Method::kIdec);
  params.update_interval = 5;
  params.tolerance = 0.02;
  const shoal::testing::Resume<Trial> run([] { return std::make_unique<Trial>(3, /*noise=*/0.3); },
                                          [&](Trial& trial) { trial(params); });
  const int last = run.checkpoints();
  ASSERT_LT(last, 40);  // of 200 steps
  ASSERT_GT(last, 1);
  for (const int stop : {1, last}) EXPECT_EQ(run.difference(stop), "") << stop;
}

}  // namespace
