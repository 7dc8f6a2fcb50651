#include "autoencoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <Eigen/Eigenvalues>

#include "shoal/matrix.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyAutoencoder;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Adds 1 to everything.
class PlusOne final : public shoal::Augmentation {
 public:
  at::Tensor apply(shoal::Context&, const at::Tensor& batch, const shoal::Random&) const override { return batch + 1; }
  void bind(shoal::Context&, std::string_view, const std::vector<shoal::Object>&) {}
};

/// What one run gave. The host outlives the arrays.
struct Trial {
  explicit Trial(std::uint64_t seed = 0, Index embedding = 2) : host({.seed = seed}), inputs(host) {
    inputs.wire<Blobs>("data", 200, 4, 0.3);
    inputs.wire<ToyAutoencoder>("encoder", embedding);
  }
  Trial& operator()(const AutoencoderTrainerParams& params) {
    AutoencoderTrainer(params).run(host.context(), inputs, outputs);
    return *this;
  }
  const shoal::NamedTensors& parameters() const { return outputs.encoders.at("encoder")->parameters(); }
  Host host;
  TestInputs inputs;
  TestOutputs outputs;
};

AutoencoderTrainerParams quick(Index epochs = 4) {
  AutoencoderTrainerParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.epochs = epochs;
  params.batch_size = 32;
  params.learning_rate = 0.01;
  return params;
}

at::Tensor all_examples(Trial& trial) {
  return shoal::Examples(trial.host.context(), *trial.inputs.dataset("data")).range(0, 200);
}

/// The mean squared difference that three principal components leave of four columns: by the eigenvalues of the
/// covariance.
double pca_residual(const at::Tensor& examples) {
  const at::Tensor flat = examples.flatten(1).contiguous();
  const Eigen::MatrixXd x = shoal::view(flat).matrix<float>().cast<double>();
  const Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(x.rows());
  const Eigen::VectorXd values = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance).eigenvalues();
  return values[0] / static_cast<double>(x.cols());
}

TEST(AutoencoderTrainer, ReachesTheResidualOfPcaWithLinearLayers) {
  Trial trial(0, /*embedding=*/3);  // the four corners span three dimensions, so the fourth component is noise alone
  AutoencoderTrainerParams params = quick(300);
  params.schedule = shoal::Schedule::kCosine;
  trial(params);
  const double residual = pca_residual(all_examples(trial));
  ASSERT_GT(residual, 0.01);
  shoal::Encoder& encoder = *trial.outputs.encoders.at("encoder");
  const at::Tensor x = all_examples(trial);
  const double loss = (shoal::decoder_of(encoder).decode(encoder.forward(x)) - x).square().mean().item<double>();
  EXPECT_GE(loss, residual * (1 - 1e-5));
  EXPECT_LE(loss, residual * (1 + 1e-3));
  EXPECT_NEAR(series(trial.host, "loss").back(), residual, 1e-3 * residual);
}

TEST(AutoencoderTrainer, AsksBackTheExampleOrItsAugmentedSelf) {
  const auto bias_of = [](shoal::ReconstructionTarget target) {
    Trial trial;
    trial.inputs.wire<PlusOne>("augmentation");
    AutoencoderTrainerParams params = quick(200);
    params.target = target;
    const at::Tensor x = all_examples(trial(params));
    shoal::Encoder& encoder = *trial.outputs.encoders.at("encoder");
    return (shoal::decoder_of(encoder).decode(encoder.forward(x + 1)) - x).mean().item<double>();
  };
  EXPECT_NEAR(bias_of(shoal::ReconstructionTarget::kClean), 0, 0.05);
  EXPECT_NEAR(bias_of(shoal::ReconstructionTarget::kAugmented), 1, 0.05);
}

TEST(AutoencoderTrainer,
     ShowsTheEncoderNoise) {  // all is masked, so only the mean can be learnt: the loss is the variance
  Trial trial;
  AutoencoderTrainerParams params = quick(300);
  params.corruption = 1;
  params.schedule = shoal::Schedule::kCosine;
  trial(params);
  const at::Tensor x = all_examples(trial).flatten(1);
  const double variance = x.var(0, /*unbiased=*/false).mean().item<double>();
  EXPECT_NEAR(series(trial.host, "loss").back(), variance, 0.01 * variance);
}

TEST(AutoencoderTrainer, ReportsStepsAndEpochs) {
  Trial trial;
  trial(quick(3));
  const auto steps = series(trial.host, "step_loss"), epochs = series(trial.host, "loss");
  EXPECT_THAT(steps, SizeIs(3 * 7));
  ASSERT_THAT(epochs, SizeIs(3));
  double first = 0;  // six batches of 32, and one of 8
  for (std::size_t i = 0; i < 7; ++i) first += steps[i] * (i < 6 ? 32 : 8) / 200.0;
  EXPECT_NEAR(epochs[0], first, 1e-9);
  EXPECT_LT(epochs[2], epochs[0]);
}

TEST(AutoencoderTrainer, GivesTheSameBytesForTheSameSeed) {
  AutoencoderTrainerParams params = quick(2);
  params.corruption = 0.2;
  Trial a(1), b(1), c(2);
  a(params), b(params), c(params);
  bool all_other = true;
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(a.parameters()[i].second, b.parameters()[i].second));
    all_other = all_other && !at::equal(a.parameters()[i].second, c.parameters()[i].second);
  }
  EXPECT_TRUE(all_other);
  EXPECT_FALSE(a.outputs.encoders.at("encoder")->training());
}

TEST(AutoencoderTrainer, RefusesWhatCannotBeReconstructed) {
  Trial trial;
  AutoencoderTrainerParams params = quick();
  params.loss = shoal::ReconstructionLoss::kBce;
  EXPECT_THAT([&] { trial(params); },
              ThrowsMessage<shoal::InputError>(HasSubstr("loss 'bce' needs examples in [0, 1]")));

  Host host;
  TestInputs inputs(host);
  TestOutputs outputs;
  inputs.wire<Blobs>("data", 20);
  inputs.wire<shoal::testing::ToyEncoder>("encoder");
  EXPECT_THAT([&] { AutoencoderTrainer(quick()).run(host.context(), inputs, outputs); },
              ThrowsMessage<shoal::Unsupported>(HasSubstr("the encoder cannot decode")));
}

TEST(AutoencoderTrainer, RefusesNoiseWithoutCorruption) {
  AutoencoderTrainerParams params;
  params.noise = Noise::kGaussian;
  EXPECT_THAT([&] { params.check(); }, ThrowsMessage<shoal::InputError>(HasSubstr("'corruption' is 0")));
  params.corruption = 0.1;
  EXPECT_NO_THROW(params.check());
}

TEST(AutoencoderTrainer, LearnsAboutTheSameInBFloat16) {
  Trial exact, rounded, again;
  AutoencoderTrainerParams params = quick();
  exact(params);
  params.precision = shoal::Precision::kBFloat16;
  rounded(params), again(params);
  const std::vector<double> wanted = series(exact.host, "loss"), got = series(rounded.host, "loss");
  EXPECT_EQ(got, series(again.host, "loss"));
  EXPECT_NE(got, wanted);
  for (std::size_t epoch = 0; epoch < wanted.size(); ++epoch) EXPECT_NEAR(got[epoch], wanted[epoch], 0.005) << epoch;
  for (const auto& [name, parameter] : rounded.parameters()) EXPECT_EQ(parameter.scalar_type(), at::kFloat) << name;
  EXPECT_EQ(rounded.outputs.numbers.at("precision_bits"), 16);
}

TEST(AutoencoderTrainer, GoesOnFromACheckpointToTheSameBytes) {
  AutoencoderTrainerParams params = quick();
  params.corruption = 0.3;  // for which every step draws
  params.schedule = shoal::Schedule::kCosine;
  const shoal::testing::Resume<Trial> run([] { return std::make_unique<Trial>(); },
                                          [&](Trial& trial) { trial(params); });
  EXPECT_EQ(run.checkpoints(), 4);
  for (const int stop : {1, 3, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
  EXPECT_THAT(run.idle_pieces(2), IsEmpty());
}

}  // namespace
