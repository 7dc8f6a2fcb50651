// A run that was stopped and goes on ends with the bytes of one that was left alone, whatever the objective keeps.
#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include "joint_embedding.h"
#include "shoal/matrix.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Context;
using shoal::Index;

/// Adds to all numbers of an example one normal number.
class Shift final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    shoal::Random draws = random;
    std::vector<float> shifts(static_cast<std::size_t>(batch.size(0)));
    for (float& shift : shifts) shift = static_cast<float>(0.3 * draws.normal());
    return batch + shoal::borrowed_tensor(shoal::ConstArray(shifts)).view({-1, 1, 1, 1});
  }
};

/// Keeps what an objective may: a prototype that is trained and put to unit length, a moving centre, the last outputs
/// as a queue, and an epoch from which it is used.
class Remembering final : public shoal::Objective {
 public:
  void build(Context& context, Index outputs) override {
    prototype_ = add_parameter("prototype", shoal::random_unit_rows(1, outputs, context.random("init")));
    centre_ = add_buffer("centre", at::zeros({outputs}));
    queue_ = add_buffer("queue", at::zeros({outputs}));
  }
  void begin_epoch(Index epoch) override { queued_ = epoch > 1; }
  Loss loss(const std::vector<at::Tensor>& views) override {
    const at::Tensor centre = centre_.clone(), queue = queue_.clone();  // what gradients are of must not change
    const at::Tensor a = views[0] - centre, b = views[1] - centre;
    at::Tensor value = (a - b).square().mean() + (1 - a.matmul(prototype_[0])).square().mean();
    if (queued_) value = value + 0.1 * (a * queue).sum(1).square().mean();
    const c10::NoGradGuard no_grad;
    if (training()) {
      centre_.mul_(0.9).add_(views[0].mean(0), 0.1);
      queue_.copy_(views[0][0]);
    }
    return {value, {{"centre", centre_.norm()}}};
  }
  void after_step() override {
    const c10::NoGradGuard no_grad;
    prototype_.copy_(shoal::unit_rows(prototype_));
  }

 private:
  at::Tensor prototype_, centre_, queue_;
  bool queued_ = false;
};

struct Run {
  Run() : host({.seed = 3}), inputs(host) {
    inputs.wire<shoal::testing::Blobs>("data", 100);
    inputs.wire<shoal::testing::ToyEncoder>("encoder");
    inputs.wire<shoal::testing::ToyHead>("head");
    inputs.wire<Remembering>("objective");
    inputs.wire<Shift>("augmentation");
  }
  shoal::testing::Host host;
  shoal::testing::TestInputs inputs;
  shoal::testing::TestOutputs outputs;
};

shoal::testing::Resume<Run> resume(const JointEmbeddingParams& params) {
  return {[] { return std::make_unique<Run>(); },
          [params](Run& run) { JointEmbedding(params).run(run.host.context(), run.inputs, run.outputs); }};
}

JointEmbeddingParams quick() {
  JointEmbeddingParams params;
  params.precision = shoal::Precision::kFloat32;  // on every processor
  params.learning_rate = 0.01;
  params.epochs = 4;
  params.batch_size = 32;
  params.projection = 8;
  params.warmup = 4;  // steps: into the second epoch
  return params;
}

TEST(Checkpoint, OfOneHeadEndsWithTheSameBytesAndNeedsAllOfIt) {
  const auto run = resume(quick());
  EXPECT_EQ(run.checkpoints(), 4);
  for (const int stop : {1, 2, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
  EXPECT_THAT(run.idle_pieces(2), ::testing::ElementsAre("head losses"));  // it counts once the last epoch is over
}

TEST(Checkpoint, OfSeveralHeadsKnowsWhichWasTheBest) {
  JointEmbeddingParams params = quick();
  params.heads = 3;
  const auto run = resume(params);
  for (const int stop : {1, 3, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
}

TEST(Checkpoint, OfAuxiliaryHeadsInTurnEndsWithTheSameBytesAndNeedsAllOfIt) {
  JointEmbeddingParams params = quick();
  params.auxiliary_projection = 5;
  for (const AuxiliaryTurn turn : {AuxiliaryTurn::kTogether, AuxiliaryTurn::kAlternate}) {
    params.auxiliary_turn = turn;
    const auto run = resume(params);
    for (const int stop : {1, 2, 3}) EXPECT_EQ(run.difference(stop), "") << stop;
    if (turn == AuxiliaryTurn::kTogether) continue;
    EXPECT_THAT(run.idle_pieces(2), ::testing::ElementsAre("head losses"));
  }
}

}  // namespace
