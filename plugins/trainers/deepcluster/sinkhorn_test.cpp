#include "sinkhorn.h"

#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;

ScoresOfRows of(const RowMatrix<double>& scores, double temperature) {
  return [&scores, temperature](Index from, RowMatrix<double>& block) {
    block = scores.middleRows(from, block.rows()) / temperature;
  };
}

RowMatrix<double> random_scores(Index n, Index k, std::uint64_t seed) {
  shoal::Random random(seed);
  RowMatrix<double> out(n, k);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = random.uniform(-1, 1);
  return out;
}

double worst_row(const RowMatrix<double>& plan) { return (plan.rowwise().sum().array() - 1).abs().maxCoeff(); }
double worst_column(const RowMatrix<double>& plan) {
  const double wanted = static_cast<double>(plan.rows()) / static_cast<double>(plan.cols());
  return (plan.colwise().sum().array() / wanted - 1).abs().maxCoeff();
}

TEST(Sinkhorn, IsASoftmaxWhereItIsBalancedAnyway) {  // the identity at ½: 1/(1 + e⁻²) = .880797
  Host host;
  const RowMatrix<double> identity = RowMatrix<double>::Identity(2, 2);
  const Transport found = sinkhorn(host.context(), 2, 2, of(identity, 0.5));
  EXPECT_NEAR(found.plan(0, 0), 0.880797, 1e-6);
  EXPECT_NEAR(found.plan(1, 1), 0.880797, 1e-6);
  EXPECT_NEAR(found.plan(0, 1), 0.119203, 1e-6);
}

TEST(Sinkhorn, SplitsWhatWantsToBeInOneColumn) {
  // Both rows prefer column 0, by ln 8 and by ln 2. [[8, 1], [2, 1]] scaled to sums of 1 keeps its cross ratio
  // 8·1/(1·2) = 4 = p²/(1 − p)²: p = 2/3.
  Host host;
  const RowMatrix<double> scores{{std::log(8), 0}, {std::log(2), 0}};
  const Transport found = sinkhorn(host.context(), 2, 2, of(scores, 1));
  EXPECT_NEAR(found.plan(0, 0), 2.0 / 3, 1e-6);
  EXPECT_NEAR(found.plan(1, 0), 1.0 / 3, 1e-6);
}

TEST(Sinkhorn, ReachesItsMarginalsFromSmoothToHardScores) {
  const RowMatrix<double> scores = random_scores(1000, 7, 1);
  for (const double temperature : {1.0, 0.05, 0.02}) {
    SCOPED_TRACE(temperature);
    Host host;
    const Transport found = sinkhorn(host.context(), 1000, 7, of(scores, temperature));
    EXPECT_LE(found.deviation, 1e-6);
    EXPECT_LT(worst_row(found.plan), 1e-12);
    EXPECT_LT(worst_column(found.plan), 1.1e-6);
    EXPECT_GE(found.plan.minCoeff(), 0);
    // A scaling keeps the cross ratios: ln p₀₀ + ln p₁₁ − ln p₀₁ − ln p₁₀ is that of the scores.
    const auto cross = [](const auto& m) { return m(0, 0) + m(1, 1) - m(0, 1) - m(1, 0); };
    const RowMatrix<double> logs = found.plan.topRows(2).array().log();
    EXPECT_NEAR(cross(logs) / (cross(scores) / temperature), 1, 1e-9);
  }
}

TEST(Sinkhorn, FindsWhatHadUnderflowed) {
  // Row 0 alone is near column 2, the others are 800 nats off, exp of which is 0 in float64; but column 2 needs 2 rows:
  // row 0, and a fifth of each other one, which are all alike.
  RowMatrix<double> scores = RowMatrix<double>::Zero(6, 3);
  for (Index i = 1; i < 6; ++i) scores(i, 2) = -800;
  Host host;
  const Transport found = sinkhorn(host.context(), 6, 3, of(scores, 1));
  EXPECT_LE(found.deviation, 1e-6);
  EXPECT_GT(found.rebuilds, 1);
  EXPECT_NEAR(found.plan(0, 2), 1, 1e-5);
  for (Index i = 1; i < 6; ++i) {
    EXPECT_NEAR(found.plan(i, 2), 0.2, 1e-5);
    EXPECT_NEAR(found.plan(i, 0), 0.4, 1e-5);
  }
}

TEST(Sinkhorn, FindsHardPlansInFewSteps) {
  // Plain scaling crawls here: of 60000 × 200 at 0.01 it was not there after 2000 steps, extrapolated it took 146.
  const RowMatrix<double> scores = random_scores(2000, 20, 4);
  Host host;
  const Transport found = sinkhorn(host.context(), 2000, 20, of(scores, 0.005));
  EXPECT_LE(found.deviation, 1e-6);
  EXPECT_LT(found.iterations, 300);
  EXPECT_GT((found.plan.rowwise().maxCoeff().array() > 0.9).count(), 1500);  // hard it is
}

TEST(Sinkhorn, IsTheSameBytesForAnyNumberOfThreads) {
  const RowMatrix<double> scores = random_scores(1500, 11, 2);
  Host one, three({.threads = 3});
  const Transport a = sinkhorn(one.context(), 1500, 11, of(scores, 0.05));
  const Transport b = sinkhorn(three.context(), 1500, 11, of(scores, 0.05));
  EXPECT_EQ(a.plan, b.plan);
  EXPECT_EQ(a.iterations, b.iterations);
}

TEST(Sinkhorn, SaysHowFarItCameWhereItIsStopped) {
  const RowMatrix<double> scores = random_scores(100, 5, 3);
  Host host;
  const Transport found = sinkhorn(host.context(), 100, 5, of(scores, 0.01), {.max_iter = 2});
  EXPECT_EQ(found.iterations, 2);
  EXPECT_GT(found.deviation, 1e-6);
  EXPECT_NEAR(found.deviation, worst_column(found.plan), 1e-9);
  EXPECT_LT(worst_row(found.plan), 1e-12);
}

}  // namespace
