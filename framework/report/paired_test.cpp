#include "framework/report/paired.h"

#include <gmock/gmock.h>

#include <cmath>

namespace shoal::host {
namespace {

using ::testing::ElementsAre;

TEST(Paired, CountsWinsByTheMetricsDirection) {
  const Paired higher = paired({0.1, 0.2, -0.1, 0}, +1), lower = paired({0.1, 0.2, -0.1, 0}, -1);
  EXPECT_EQ(higher.wins, 2u);
  EXPECT_EQ(higher.losses, 1u);
  EXPECT_EQ(higher.ties, 1u);
  EXPECT_EQ(lower.wins, 1u);
  EXPECT_EQ(lower.losses, 2u);
  EXPECT_EQ(paired({0.1, 0.2}, 0).wins, 0u);
}

TEST(Paired, GivesStudentsIntervalOfTheMean) {
  // Mean 2, sd 1, n = 3: 2 ± 4.302653 · 1/√3 (the 97.5 % point of t with two degrees of freedom, from tables).
  const Paired found = paired({1, 2, 3}, +1);
  EXPECT_DOUBLE_EQ(found.mean, 2);
  EXPECT_NEAR(found.high, 2 + 4.302653 / std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(found.low, 2 - 4.302653 / std::sqrt(3.0), 1e-6);
}

TEST(Paired, TestsByFlippingAllSigns) {
  // Of the 2³ signs of 1, 2, 3 only + + + and − − − reach 6 in size; of 1, 2, −3 (sum 0) all do.
  EXPECT_DOUBLE_EQ(paired({1, 2, 3}, +1).p, 2.0 / 8);
  EXPECT_DOUBLE_EQ(paired({1, 2, -3}, +1).p, 1);
  // Four of sum 2 out of 1, 1, 1, −1: sums of ± are 4, 2 (4 ways), 0 (6), −2 (4), −4: at least 2 in size are 10 of 16.
  EXPECT_DOUBLE_EQ(paired({1, 1, 1, -1}, +1).p, 10.0 / 16);
}

TEST(Paired, DrawsSignsWhereTheyAreTooMany) {
  // Twenty differences of 1: only 2 of 2²⁰ reach the sum; drawn, hardly one does, and p is never 0.
  const Paired sure = paired(std::vector<double>(20, 1.0), +1);
  EXPECT_GT(sure.p, 0);
  EXPECT_LT(sure.p, 1e-3);
  // Ten of 1 and ten of −1 sum to 0, which everything reaches.
  std::vector<double> even(20, 1.0);
  for (std::size_t i = 0; i < 10; ++i) even[i] = -1;
  EXPECT_DOUBLE_EQ(paired(even, +1).p, 1);
  // Of 20 fair signs, |sum| ≥ 8 has probability 0.1153 (binomial: at most 6 or at least 14 of one sign).
  std::vector<double> some(20, 1.0);
  for (std::size_t i = 0; i < 6; ++i) some[i] = -1;
  EXPECT_NEAR(paired(some, +1).p, 0.1153, 0.01);
}

TEST(Paired, HasNoIntervalForOnePair) {
  const Paired one = paired({0.5}, +1);
  EXPECT_TRUE(std::isnan(one.low));
  EXPECT_EQ(one.p, 1);
}

TEST(LeastP, SaysWhatSoManyPairsCanShow) {
  EXPECT_DOUBLE_EQ(least_p(3), 0.25);
  EXPECT_DOUBLE_EQ(least_p(5), 0.0625);
  EXPECT_DOUBLE_EQ(least_p(kEnoughPairs), 0.03125);
  EXPECT_DOUBLE_EQ(least_p(0), 1);
}

TEST(Holm, AdjustsStepByStep) {
  // Holm's own scheme: sorted 0.01, 0.02, 0.04 times 3, 2, 1 is 0.03, 0.04, 0.04; never below the one before.
  EXPECT_THAT(holm({0.04, 0.01, 0.02}), ElementsAre(0.04, 0.03, 0.04));
  EXPECT_THAT(holm({0.9, 0.8}), ElementsAre(1, 1));
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace shoal::host
