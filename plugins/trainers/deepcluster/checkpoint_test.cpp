// A run that was stopped and goes on ends with the bytes of one that was left alone, whatever the policies keep.
#include <gmock/gmock.h>

#include <functional>

#include "shoal/testing_checkpoint.h"
#include "shoal/torch/testing_toys.h"
#include "trial.h"

namespace {

using shoal::Index;
using shoal::testing::Blobs;
using shoal::testing::Checkpoints;
using shoal::testing::Scalar;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;

constexpr shoal::testing::HostOptions kHost{.seed = 11};

DeepClusterParams quick() {
  DeepClusterParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.epochs = 4;
  params.batch_size = 32;
  params.learning_rate = 0.02;
  return params;
}

/// Lloyd's steps from given centroids, or else from k rows drawn at random.
class Lloyd final : public shoal::Clusterer {
 public:
  static constexpr const char* kTraits[] = {"input:init", nullptr};
  explicit Lloyd(Index k) : k_(k) {}
  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const shoal::RowMatrix<double> x = shoal::to_float64(input.features);
    shoal::RowMatrix<double> centers(k_, x.cols());
    const std::vector<Index> rows = context.random("init").permutation(x.rows());
    for (Index c = 0; c < k_; ++c) centers.row(c) = x.row(rows[static_cast<std::size_t>(c)]);
    if (input.init) centers = shoal::to_float64(*input.init);
    std::vector<std::int64_t> labels(static_cast<std::size_t>(x.rows()));
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      (centers.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&labels[static_cast<std::size_t>(i)]);
    return {.labels = context.copy(labels), .clusters = k_, .iterations = 1};
  }
  void predict(shoal::Context&, shoal::ConstArray, shoal::MutableArray) const override {}

 private:
  Index k_;
};

/// A fraction of the numbers, at random.
class Jitter final : public shoal::Augmentation {
 public:
  at::Tensor apply(shoal::Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    return batch * (0.8 + 0.4 * shoal::Random(random).uniform());
  }
};

void wire(Trial& run, bool labels) {
  run.inputs.wire<Blobs>("data", 200);
  run.inputs.wire<ToyEncoder>("encoder");
  run.inputs.wire<ToyHead>("head");
  run.inputs.wire<Jitter>("augmentation");
  if (!labels) return run.inputs.wire<Lloyd>("clusterer", 5);
  std::vector<std::int64_t> given(200);
  for (std::size_t i = 0; i < given.size(); ++i) given[i] = static_cast<std::int64_t>(i % 8 == 0 ? i % 3 : i % 4);
  run.inputs.wire_array("labels", run.host.context().copy(given));
}

void expect_resumes(const DeepClusterParams& params, int stop, bool labels = false) {
  Trial whole(kHost);
  wire(whole, labels);
  whole(params);

  Checkpoints kept;
  Trial stopped(kHost), resumed(kHost);
  kept.serve(stopped.host, {.stop_after = stop});
  wire(stopped, labels);
  EXPECT_THROW(stopped(params), shoal::Cancelled);
  kept.serve(resumed.host);
  wire(resumed, labels);
  resumed(params);
  EXPECT_EQ(kept.saves(), params.epochs - stop);

  std::vector<Scalar> scalars = stopped.host.scalars();  // the program keeps them
  scalars.insert(scalars.end(), resumed.host.scalars().begin(), resumed.host.scalars().end());
  ASSERT_EQ(scalars.size(), whole.host.scalars().size());
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const Scalar& wanted = whole.host.scalars()[i];
    EXPECT_EQ(scalars[i].name, wanted.name);
    EXPECT_EQ(scalars[i].step, wanted.step);
    EXPECT_EQ(scalars[i].value, wanted.value) << wanted.name << " at " << wanted.step;
  }
  EXPECT_TRUE(resumed.same_encoder(whole));
  EXPECT_TRUE(same(*resumed.outputs.heads.at("head"), *whole.outputs.heads.at("head")));
  EXPECT_EQ(resumed.labels(), whole.labels());
}

struct Case {
  const char* name;
  std::function<void(DeepClusterParams&)> set;
};

TEST(Checkpoint, OfEveryPolicyEndsWithTheSameBytes) {
  const std::vector<Case> cases = {
      {"plain", [](DeepClusterParams&) {}},
      {"reassign_every 3: labels, heads and their optimisers outlive the stop",
       [](DeepClusterParams& p) { p.reassign_every = 3; }},
      {"matched heads", [](DeepClusterParams& p) { p.head_policy = HeadPolicy::kMatched; }},
      {"memory", [](DeepClusterParams& p) { p.features = FeatureSource::kMemory; }},
      {"warm start", [](DeepClusterParams& p) { p.warm_start = true; }},
      {"confident, kept over epochs",
       [](DeepClusterParams& p) {
         p.assignment = Assignment::kConfident;
         p.reassign_every = 2;
       }},
      {"three heads, sgd",
       [](DeepClusterParams& p) {
         p.heads = 3;
         p.reassign_every = 3;
         p.method = shoal::OptimizerMethod::kSgd;
       }},
      {"cosine schedule, natural sampler", [](DeepClusterParams& p) {
         p.schedule = shoal::Schedule::kCosine;
         p.sampler = Sampler::kNatural;
       }}};
  for (const Case& each : cases) {
    DeepClusterParams params = quick();
    each.set(params);
    for (const int stop : {1, 2, 4}) {
      SCOPED_TRACE(shoal::text("{}; stopped after epoch {}", each.name, stop));
      expect_resumes(params, stop);
    }
  }
}

TEST(Checkpoint, OfAVoteEndsWithTheSameBytes) {
  DeepClusterParams params = quick();
  params.reassign_every = 2;
  for (const int stop : {1, 2, 4}) {
    SCOPED_TRACE(stop);
    expect_resumes(params, stop, /*labels=*/true);
  }
}

}  // namespace
