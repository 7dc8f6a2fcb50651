#include "swav.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include <cmath>

#include "../../../tests/reference/joint_embedding.h"
#include "shoal/matrix.h"
#include "shoal/testing.h"
#include "shoal/torch/optimizer.h"
#include "shoal/torch/testing_gradient.h"

namespace {

using shoal::Index;
using shoal::testing::Host;
using shoal::testing::normal;
using shoal::testing::normal_views;
using ::testing::ThrowsMessage;

std::vector<at::Tensor> floats(std::vector<at::Tensor> views) {
  for (at::Tensor& view : views) view = view.to(at::kFloat);
  return views;
}

TEST(BalancedAssignments, AreSigmoidsOfTwoPrototypesAndTwoExamples) {
  // exp(1/.5) : exp(0) is e² : 1, balanced already: e²/(e² + 1) = .880797.
  const at::Tensor q = balanced_assignments(at::eye(2, at::kDouble), 0.5, 3);
  EXPECT_NEAR(q[0][0].item<double>(), 0.880797, 1e-6);
  EXPECT_NEAR(q[0][1].item<double>(), 1 - 0.880797, 1e-6);
  EXPECT_NEAR(q[1][1].item<double>(), 0.880797, 1e-6);
}

TEST(BalancedAssignments, GiveEveryExampleOneAndEveryPrototypeItsShare) {
  // Cosines, most of them largest for prototype 0.
  at::Tensor scores = normal(1, {64, 8}) * 0.2;
  scores.select(1, 0) += 0.5;
  EXPECT_GT((scores.argmax(1) == 0).sum().item<Index>(), 32);
  const at::Tensor q = balanced_assignments(scores, 0.05, 100);
  EXPECT_TRUE(at::allclose(q.sum(1), at::ones({64}, at::kDouble), 1e-12));
  EXPECT_TRUE(at::allclose(q.sum(0), at::ones({8}, at::kDouble) * 8, 1e-3));
  EXPECT_TRUE(at::allclose(balanced_assignments(scores, 0.05, 3).sum(1), at::ones({64}, at::kDouble), 1e-12));
}

TEST(BalancedAssignments, DoNotOverflow) {
  // exp(1/.001) is beyond float64, and exp(−1/.001) beneath it. Examples 0, 1 and 2 are each sure of a prototype, and 3
  // of none, so that it gets prototype 3. What example 0 has left for that: its share of the column is 1/4; then, its
  // row summing to 1 and the column too, 1/5, 1/8, 1/9, 1/12, and 1/13 after three rounds.
  at::Tensor scores = at::eye(4, at::kFloat) * 2 - 1;
  scores.select(1, 3).fill_(-1);
  const at::Tensor q = balanced_assignments(scores, 0.001, 3);
  EXPECT_TRUE(q.isfinite().all().item<bool>());
  EXPECT_NEAR(q[0][0].item<double>(), 12 / 13., 1e-6);
  EXPECT_NEAR(q[0][3].item<double>(), 1 / 13., 1e-6);
  EXPECT_NEAR(q[3][3].item<double>(), 1, 1e-6);
}

TEST(SwappedPrediction, IsThatOfLightly) {
  const shoal::testing::JointEmbeddingReference lightly;
  const auto loss = [&](double temperature, Index iterations, double epsilon) {
    std::vector<at::Tensor> scores, assignments;
    for (const at::Tensor& view : lightly.views) {
      scores.push_back(shoal::unit_rows(view).matmul(lightly.prototypes.t()));
      assignments.push_back(balanced_assignments(scores.back(), epsilon, iterations));
    }
    return swapped_prediction(scores, assignments, temperature).item<double>();
  };
  EXPECT_NEAR(loss(0.1, 3, 0.05), lightly["swav"], 1e-9);
  EXPECT_NEAR(loss(0.2, 1, 0.5), lightly["swav, softer"], 1e-9);
}

TEST(SwappedPrediction, HasTheGradientThatItSays) {
  const std::vector<at::Tensor> q = {normal(5, {6, 4}).softmax(1), normal(6, {6, 4}).softmax(1),
                                     normal(7, {6, 4}).softmax(1)};
  EXPECT_LT(shoal::testing::gradient_error(
                normal_views(1, 3, 6, 4),
                [&](const std::vector<at::Tensor>& scores) { return swapped_prediction(scores, q, 0.3); }),
            1e-8);
}

/// A SwAV of 5 prototypes for 3 outputs.
struct Fixture {
  explicit Fixture(SwavParams params = {.prototypes = 5, .freeze_epochs = 0}, std::uint64_t seed = 0)
      : host({.seed = seed}), swav(params) {
    swav.build(host.context(), 3);
    swav.train(true);
  }
  at::Tensor prototypes() const { return swav.parameters()[0].second; }
  at::Tensor queue() const { return swav.buffers()[0].second; }

  Host host;
  Swav swav;
};

TEST(Swav, StartsAtLnKWhereAllIsAlike) {
  Fixture f;
  {
    const c10::NoGradGuard no_grad;
    f.prototypes().copy_(f.prototypes()[0].expand({5, 3}));
  }
  const at::Tensor same = at::ones({8, 3});
  const auto loss = f.swav.loss({same, same});
  EXPECT_NEAR(loss.value.item<double>(), std::log(5.0), 1e-6);
  EXPECT_EQ(loss.diagnostics[0].first, "prototypes_used");
  EXPECT_NEAR(loss.diagnostics[0].second.item<double>(), 5, 1e-5);
  EXPECT_NEAR(f.swav.collapse(2, 8)->loss, std::log(5.0), 1e-12);
}

TEST(Swav, SeesDirectionsNotLengthsNorTheOrderOfViewsOrExamples) {
  Fixture f;
  const auto views = floats(normal_views(2, 2, 8, 3));
  const double loss = f.swav.loss(views).value.item<double>();
  EXPECT_NEAR(f.swav.loss({views[0] * 7, views[1] * 0.1}).value.item<double>(), loss, 1e-5);
  EXPECT_NEAR(f.swav.loss({views[1], views[0]}).value.item<double>(), loss, 1e-5);
  EXPECT_NEAR(f.swav.loss({views[0].flip({0}), views[1].flip({0})}).value.item<double>(), loss, 1e-5);
}

TEST(Swav, KeepsPrototypesAtUnitLengthAndFreezesThem) {
  Fixture f({.prototypes = 5, .freeze_epochs = 1});
  const at::Tensor before = f.prototypes().detach().clone();
  EXPECT_TRUE(at::allclose(before.norm(2, 1), at::ones({5})));
  shoal::Optimizer optimizer(f.swav.parameters(), {.learning_rate = 0.1});
  const auto step = [&] {
    auto views = floats(normal_views(3, 2, 8, 3));
    for (at::Tensor& view : views) view.set_requires_grad(true);
    optimizer.zero_grad();
    f.swav.loss(views).value.backward();
    EXPECT_TRUE(views[0].grad().defined());
    optimizer.step();
    f.swav.after_step();
  };
  f.swav.begin_epoch(1);
  step();
  EXPECT_TRUE(at::allclose(f.prototypes(), before, 1e-6));
  f.swav.begin_epoch(2);
  step();
  EXPECT_FALSE(at::allclose(f.prototypes(), before, 1e-2));
  EXPECT_TRUE(at::allclose(f.prototypes().norm(2, 1), at::ones({5})));
}

TEST(Swav, FillsItsQueueInTrainingAndAsksItOnceItIsFull) {
  Fixture f({.prototypes = 5, .freeze_epochs = 0, .queue = 6, .queue_start = 1}), none;
  const auto views = floats(normal_views(4, 2, 4, 3));
  const auto loss = [&](Fixture& of) { return of.swav.loss(views).value.item<double>(); };
  const double alone = loss(none);
  f.swav.begin_epoch(1);
  EXPECT_EQ(loss(f), alone);
  EXPECT_EQ(f.queue().abs().sum().item<double>(), 0);  // it is not begun
  f.swav.begin_epoch(2);
  EXPECT_EQ(loss(f), alone);
  EXPECT_TRUE(at::allclose(f.queue().narrow(0, 0, 4), shoal::unit_rows(views[0])));
  EXPECT_EQ(f.queue()[4].abs().sum().item<double>(), 0);
  EXPECT_EQ(loss(f), alone);  // 4 of 6 were full; from now on all
  EXPECT_TRUE(at::allclose(f.queue().narrow(0, 4, 2), shoal::unit_rows(views[0]).narrow(0, 0, 2)));
  f.swav.train(false);
  const at::Tensor queue = f.queue().clone();
  EXPECT_NE(loss(f), alone);
  EXPECT_TRUE(at::equal(f.queue(), queue));

  // By hand: the assignments of 4 + 6 examples together, of which the first 4 count.
  std::vector<at::Tensor> scores, assignments;
  for (const at::Tensor& view : views) {
    scores.push_back(shoal::unit_rows(view).matmul(f.prototypes().t()));
    const at::Tensor all = at::cat({scores.back(), queue.matmul(f.prototypes().t())});
    assignments.push_back(balanced_assignments(all, 0.05, 3).narrow(0, 0, 4));
  }
  EXPECT_NEAR(loss(f), swapped_prediction(scores, assignments, 0.1).item<double>(), 1e-6);
}

TEST(Swav, GoesOnWithAQueueThatWasPartlyFull) {
  const SwavParams params{.prototypes = 5, .freeze_epochs = 0, .queue = 6, .queue_start = 0};
  Fixture first(params), second(params);
  std::vector<std::vector<at::Tensor>> batches;
  for (std::uint64_t seed = 5; seed < 8; ++seed) batches.push_back(floats(normal_views(seed, 2, 4, 3)));
  batches[0][0][3].fill_(0);  // an output like a row that is not filled
  first.swav.begin_epoch(1);
  first.swav.loss(batches[0]);
  shoal::copy_state(first.swav.state(), second.swav.state());
  second.swav.begin_epoch(2);
  for (const std::size_t step : {1u, 2u})  // the first fills it, the second asks it
    EXPECT_EQ(first.swav.loss(batches[step]).value.item<double>(), second.swav.loss(batches[step]).value.item<double>())
        << step;
  EXPECT_TRUE(at::equal(first.queue(), second.queue()));
}

TEST(Swav, BeginsAsItsSeedSays) {
  EXPECT_TRUE(at::equal(Fixture({}, 1).prototypes(), Fixture({}, 1).prototypes()));
  EXPECT_FALSE(at::equal(Fixture({}, 1).prototypes(), Fixture({}, 2).prototypes()));
}

TEST(Swav, SaysWhatDoesNotGoTogether) {
  Fixture f;
  EXPECT_THAT(
      [&] {
        f.swav.loss({at::ones({4, 3})});
      },
      ThrowsMessage<shoal::InputError>("an objective needs at least 2 views, got 1"));
  EXPECT_THAT(
      [&] {
        f.swav.loss({at::ones({4, 3}), at::ones({3, 3})});
      },
      ThrowsMessage<shoal::InputError>("views must have one shape (B, D), but there are (4, 3) and (3, 3)"));
  EXPECT_THAT(
      [&] {
        f.swav.loss({at::ones({4, 2}), at::ones({4, 2})});
      },
      ThrowsMessage<shoal::InputError>("prototypes are of 3 outputs, but views have 2"));
  SwavParams params;
  params.queue_start = 3;
  EXPECT_THAT([&] { params.check(); },
              ThrowsMessage<shoal::InputError>("'queue_start' belongs to a 'queue', which is 0"));
}

}  // namespace
