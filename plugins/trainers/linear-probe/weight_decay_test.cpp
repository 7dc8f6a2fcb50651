#include "weight_decay.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/testing_checkpoint.h"

namespace {

using shoal::Index;
using shoal::testing::Checkpoints;
using shoal::testing::Host;
using ::testing::ElementsAre;

/// Twelve examples of one feature, 0 to 11, whose class is whether that is above 5. The last two are held out.
Columns twelve() {
  at::Tensor features = at::zeros({1, 12}), labels = at::zeros({12}, at::kLong);
  for (Index i = 0; i < 12; ++i) {
    features[0][i].fill_(i);
    labels[i].fill_(i > 5 ? 1 : 0);
  }
  return {features, labels};
}

/// Adds 1 to all weights, so that a layer tells how many fits it has seen, and says always class 1, which is right on
/// what is held out, where the weight decay is one of `right`; class 0 otherwise.
struct Counting {
  std::vector<double> right;
  std::vector<double> fitted = {};  // weight decays, in order
  Layer operator()(const Layer& start, const Columns&, double weight_decay) {
    fitted.push_back(weight_decay);
    at::Tensor weights = at::full({2, 2}, start.weights[0][0].item<double>() + 1);
    const bool is_right = std::find(right.begin(), right.end(), weight_decay) != right.end();
    weights[is_right ? 1 : 0][1] += 1;
    return {weights};
  }
};

const std::vector<double> kCandidates = {1, 100, 0.1, 10};

TEST(ChooseWeightDecay, FitsFromStrongToWeakAndTakesTheStrongestOfTheBest) {
  Host host;
  Counting fit{.right = {10, 0.1}};
  const Chosen chosen = choose_weight_decay(host.context(), twelve(), {at::zeros({2, 2})}, kCandidates, std::ref(fit));
  EXPECT_THAT(fit.fitted, ElementsAre(100, 10, 1, 0.1));
  EXPECT_EQ(chosen.weight_decay, 10);
  EXPECT_EQ(chosen.layer.weights[0][0].item<double>(), 2);
}

TEST(ChooseWeightDecay, GoesOnWhereItWasStopped) {
  for (const double right : kCandidates) {
    Host whole;
    Counting all{.right = {right}};
    const Chosen wanted =
        choose_weight_decay(whole.context(), twelve(), {at::zeros({2, 2})}, kCandidates, std::ref(all));
    ASSERT_EQ(wanted.weight_decay, right);
    for (const int stop : {1, 2, 3, 4}) {
      SCOPED_TRACE(shoal::text("{} is right, stopped after {}", right, stop));
      Checkpoints kept;
      Host first, second;
      Counting before{.right = {right}}, after{.right = {right}};
      const at::Tensor start = at::zeros({2, 2});
      kept.serve(first, {.stop_after = stop});
      EXPECT_THROW(choose_weight_decay(first.context(), twelve(), {start}, kCandidates, std::ref(before)),
                   shoal::Cancelled);
      kept.serve(second);
      const Chosen chosen = choose_weight_decay(second.context(), twelve(), {start}, kCandidates, std::ref(after));
      EXPECT_EQ(chosen.weight_decay, right);
      EXPECT_TRUE(at::equal(chosen.layer.weights, wanted.layer.weights));
      EXPECT_EQ(start.abs().sum().item<double>(), 0);
      before.fitted.insert(before.fitted.end(), after.fitted.begin(), after.fitted.end());
      EXPECT_THAT(before.fitted, ElementsAre(100, 10, 1, 0.1));
    }
  }
}

}  // namespace
