#include "shoal/kernels/sizes.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "shoal/kernels/nearest.h"
#include "shoal/testing.h"
#include "shoal/testing_points.h"

namespace shoal::kernels {
namespace {

using shoal::testing::normal_points;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

// Whole numbers from few values: ties and duplicates abound, and every distance is exact.
RowMatrix<double> grid_points(std::uint64_t seed, Index n, Index d, Index values) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (double& value : out.reshaped<Eigen::RowMajor>()) value = static_cast<double>(random.below(values));
  return out;
}

std::vector<Index> labels_within(const RowMatrix<double>& x, const RowMatrix<double>& centroids, SizeLimits limits,
                                 std::span<const double> weights = {}, int threads = 1) {
  testing::Host host({.threads = threads});
  std::vector<Index> labels(static_cast<std::size_t>(x.rows()), -1);
  nearest_within_sizes(host.context(), ConstArray(x), ConstArray(centroids), limits, MutableArray(labels), {}, weights);
  return labels;
}

std::vector<Index> nearest_labels(const RowMatrix<double>& x, const RowMatrix<double>& centroids) {
  testing::Host host;
  std::vector<Index> labels(static_cast<std::size_t>(x.rows()), -1);
  nearest(host.context(), ConstArray(x), ConstArray(centroids), MutableArray(labels));
  return labels;
}

std::vector<Index> sizes_of(std::span<const Index> labels, Index k, std::span<const double> weights = {}) {
  std::vector<Index> out(static_cast<std::size_t>(k), 0);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (weights.empty() || weights[i] > 0) ++out[static_cast<std::size_t>(labels[i])];
  return out;
}

bool hold(const SizeLimits& limits, std::span<const Index> sizes) {
  return std::all_of(sizes.begin(), sizes.end(), [&](Index size) { return limits.min <= size && size <= limits.max; });
}

// (N, K) weight · squared distance
RowMatrix<double> costs(const RowMatrix<double>& x, const RowMatrix<double>& centroids,
                        std::span<const double> weights = {}) {
  RowMatrix<double> out(x.rows(), centroids.rows());
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < centroids.rows(); ++c)
      out(i, c) =
          (weights.empty() ? 1 : weights[static_cast<std::size_t>(i)]) * (x.row(i) - centroids.row(c)).squaredNorm();
  return out;
}

double sum(const RowMatrix<double>& cost, std::span<const Index> labels) {
  double out = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) out += cost(static_cast<Index>(i), labels[i]);
  return out;
}

/// The least sum of all K^N labellings that keep the limits.
double least_by_trying_all(const RowMatrix<double>& cost, SizeLimits limits, std::span<const double> weights = {}) {
  const auto n = static_cast<std::size_t>(cost.rows());
  std::vector<Index> labels(n, 0);
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t changed = 0; changed < n;) {
    if (hold(limits, sizes_of(labels, cost.cols(), weights))) best = std::min(best, sum(cost, labels));
    for (changed = 0; changed < n && ++labels[changed] == cost.cols(); ++changed) labels[changed] = 0;
  }
  return best;
}

/// How much the cheapest round of moves would save: rows from cluster to cluster that leave all sizes as they are, or
/// change them within the limits. 0 proves labels optimal (Klein 1967). Bellman and Ford; node K is the freedom left.
double saved_by_best_round(const RowMatrix<double>& cost, std::span<const Index> labels, SizeLimits limits) {
  const Index k = cost.cols();
  RowMatrix<double> way = RowMatrix<double>::Constant(k + 1, k + 1, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = cost.row(static_cast<Index>(i));
    way.row(labels[i]).head(k) = way.row(labels[i]).head(k).cwiseMin((row.array() - row[labels[i]]).matrix());
  }
  const std::vector<Index> sizes = sizes_of(labels, k);
  for (Index c = 0; c < k; ++c) {
    if (sizes[static_cast<std::size_t>(c)] < limits.max) way(c, k) = 0;
    if (sizes[static_cast<std::size_t>(c)] > limits.min) way(k, c) = 0;
  }
  Eigen::VectorXd reached = Eigen::VectorXd::Zero(k + 1);
  double saved = 0;
  for (Index round = 0; round <= k + 1; ++round) {
    const Eigen::VectorXd next = reached.cwiseMin((way.colwise() + reached).colwise().minCoeff().transpose());
    saved = (reached - next).maxCoeff();  // in the last round above 0 only where a round of moves saves
    reached = next;
  }
  return saved;
}

TEST(NearestWithinSizes, MovesTheRowsThatCostLeast) {
  // Centroids 0 and 10. By hand: moving x to 10 costs (10 − x)² − x² = 100 − 20x, least for 4 and then 3.
  const RowMatrix<double> x{{1}, {4}, {2}, {3}, {9}};
  const RowMatrix<double> centroids{{0}, {10}};
  EXPECT_THAT(labels_within(x, centroids, {.max = 3}), ElementsAre(0, 1, 0, 0, 1));
  EXPECT_THAT(labels_within(x, centroids, {.min = 2}), ElementsAre(0, 1, 0, 0, 1));
}

TEST(NearestWithinSizes, PassesRowsOnThroughFullClusters) {
  // Centroids 0, 10, 20, rows near 0 (three), 10 and 20. By hand: 1 → 20 costs 360; 1 → 10 and 11 → 20 cost
  // 80 + 80 = 160; with two of three at most, the middle one is full, so two rows move and the far one stays.
  const RowMatrix<double> x{{0}, {0.5}, {1}, {10}, {11}, {20}};
  const RowMatrix<double> centroids{{0}, {10}, {20}};
  EXPECT_THAT(labels_within(x, centroids, {.min = 2, .max = 2}), ElementsAre(0, 0, 1, 1, 2, 2));
}

TEST(NearestWithinSizes, KeepsNearestLabelsThatKeepTheLimits) {
  const RowMatrix<double> x = normal_points(1, 500, 3);
  const RowMatrix<double> centroids = normal_points(2, 7, 3);
  const std::vector<Index> expected = nearest_labels(x, centroids);
  const std::vector<Index> sizes = sizes_of(expected, 7);
  const auto [least, greatest] = std::minmax_element(sizes.begin(), sizes.end());
  EXPECT_EQ(labels_within(x, centroids, {}), expected);
  EXPECT_EQ(labels_within(x, centroids, {.min = *least, .max = *greatest}), expected);
  EXPECT_NE(labels_within(x, centroids, {.min = *least + 1}), expected);
  EXPECT_NE(labels_within(x, centroids, {.max = *greatest - 1}), expected);
}

TEST(NearestWithinSizes, IsTheBestOfAllLabellingsThatThereAre) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Index k = 2 + random.below(3), n = k + random.below(8 - k), d = 1 + random.below(3);
    const SizeLimits tightest = balanced_sizes(n, k);
    const Index min = random.below(tightest.min + 1);
    const SizeLimits limits = seed % 3 == 0 ? tightest : SizeLimits{min, tightest.max + random.below(2)};
    const bool ties = seed % 2 == 0;
    const RowMatrix<double> x = ties ? grid_points(seed, n, d, 3) : normal_points(seed, n, d);
    const RowMatrix<double> centroids = ties ? grid_points(seed + 1000, k, d, 3) : normal_points(seed + 1000, k, d, 2);
    const std::vector<Index> labels = labels_within(x, centroids, limits);
    const RowMatrix<double> cost = costs(x, centroids);
    EXPECT_TRUE(hold(limits, sizes_of(labels, k)));
    EXPECT_NEAR(sum(cost, labels), least_by_trying_all(cost, limits), ties ? 0 : 1e-11);
  }
}

TEST(NearestWithinSizes, WeighsDistancesAndCountsRowsWithAWeight) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const RowMatrix<double> x = normal_points(seed, 7, 2);
    const RowMatrix<double> centroids = normal_points(seed + 1000, 3, 2);
    std::vector<double> weights(7, 0.0);
    for (std::size_t i = 0; i < 6; ++i) weights[i] = random.uniform(0.1, 10);
    const SizeLimits limits{.min = 1, .max = 2};  // possible for the six that have a weight
    const std::vector<Index> labels = labels_within(x, centroids, limits, weights);
    const RowMatrix<double> cost = costs(x, centroids, weights);
    EXPECT_THAT(sizes_of(labels, 3, weights), ElementsAre(2, 2, 2));
    EXPECT_NEAR(sum(cost, labels), least_by_trying_all(cost, limits, weights), 1e-11);
    EXPECT_EQ(labels[6], nearest_labels(x, centroids)[6]);
  }
}

TEST(NearestWithinSizes, LeavesNoRoundOfMovesThatSaves) {
  struct Case {
    Index n, k, d;
    double spread;  // of the centroids; the rows' is 1
    SizeLimits limits;
  };
  const Case cases[] = {
      {300, 60, 2, 1, {5, 5}},   {300, 60, 2, 9, {0, 6}},   {301, 60, 8, 0.1, {4, 300}},
      {997, 40, 3, 1, {20, 26}}, {100, 100, 3, 1, {1, 1}},  {400, 33, 1, 3, {12, 13}},
      {400, 50, 5, 1, {2, 399}}, {640, 20, 4, 0, {30, 34}}, {200, 80, 2, 50, {2, 3}},
  };
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    for (const Case& c : cases) {
      SCOPED_TRACE(text("seed {}, n {}, k {}, spread {}", seed, c.n, c.k, c.spread));
      const RowMatrix<double> x = normal_points(seed, c.n, c.d);
      const RowMatrix<double> centroids = normal_points(seed + 1000, c.k, c.d, c.spread);
      const std::vector<Index> labels = labels_within(x, centroids, c.limits);
      EXPECT_TRUE(hold(c.limits, sizes_of(labels, c.k)));
      const RowMatrix<double> cost = costs(x, centroids);
      EXPECT_LE(saved_by_best_round(cost, labels, c.limits), 1e-12 * cost.maxCoeff());
    }
}

TEST(NearestWithinSizes, LeavesNoRoundOfMovesThatSavesInManySmallCases) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Index k = 4 + random.below(12), n = k * (1 + random.below(8)) + random.below(k), d = 1 + random.below(4);
    const SizeLimits tightest = balanced_sizes(n, k);
    const SizeLimits limits{tightest.min - random.below(2), tightest.max + random.below(3)};
    const RowMatrix<double> x = normal_points(seed, n, d);
    const RowMatrix<double> centroids = normal_points(seed + 10000, k, d, random.uniform(0.1, 2));
    const std::vector<Index> labels = labels_within(x, centroids, limits);
    EXPECT_TRUE(hold(limits, sizes_of(labels, k)));
    const RowMatrix<double> cost = costs(x, centroids);
    EXPECT_LE(saved_by_best_round(cost, labels, limits), 1e-12 * cost.maxCoeff());
  }
}

TEST(NearestWithinSizes, SharesOutDuplicates) {
  // All rows and centroids alike: every labelling costs 0. The highest rows stay, as the lowest of equals moves.
  const RowMatrix<double> same = RowMatrix<double>::Constant(40, 2, 0.1);
  EXPECT_THAT(sizes_of(labels_within(same, same.topRows(20), {2, 2}), 20), ::testing::Each(2));
  const RowMatrix<double> x{{1}, {1}, {1}, {1}};
  const RowMatrix<double> centroids{{0}, {5}};
  EXPECT_THAT(labels_within(x, centroids, {.min = 1}), ElementsAre(1, 0, 0, 0));
}

TEST(NearestWithinSizes, IsTheSameForAnyNumberOfThreadsAndInReasonableTime) {
  const RowMatrix<double> x = normal_points(3, 5000, 10);
  const RowMatrix<double> centroids = normal_points(4, 50, 10);
  const SizeLimits limits = balanced_sizes(5000, 50);
  const std::vector<Index> labels = labels_within(x, centroids, limits);
  EXPECT_THAT(sizes_of(labels, 50), ::testing::Each(100));
  EXPECT_EQ(labels, labels_within(x, centroids, limits, {}, 3));
  EXPECT_LE(saved_by_best_round(costs(x, centroids), labels, limits), 1e-10);
}

TEST(NearestWithinSizes, TakesEveryDTypeAndTellsDistances) {
  const RowMatrix<double> x = grid_points(5, 200, 6, 256);
  const RowMatrix<double> centroids = grid_points(6, 9, 6, 256);
  const std::vector<Index> expected = labels_within(x, centroids, balanced_sizes(200, 9));
  const RowMatrix<float> floats = x.cast<float>();
  const RowMatrix<std::uint8_t> bytes = x.cast<std::uint8_t>();
  testing::Host host;
  for (const ConstArray& given : {ConstArray(x), ConstArray(floats), ConstArray(bytes)})
    for (const SizeLimits limits : {balanced_sizes(200, 9), SizeLimits{}}) {
      std::vector<Index> labels(200, -1);
      std::vector<double> distance(200, -1);
      nearest_within_sizes(host.context(), given, ConstArray(centroids), limits, MutableArray(labels), distance);
      EXPECT_EQ(labels, limits.min > 0 ? expected : nearest_labels(x, centroids));
      for (Index i = 0; i < 200; ++i)  // whole numbers: exact in any order
        EXPECT_EQ(distance[static_cast<std::size_t>(i)],
                  (x.row(i) - centroids.row(labels[static_cast<std::size_t>(i)])).squaredNorm());
    }
}

TEST(NearestWithinSizes, StaysExactBesideAFarRow) {
  // Costs are relative to the nearest centroid: a row 2²⁰ away takes 21 of 52 bits, its distance would take 40.
  RowMatrix<double> x = normal_points(7, 60, 2);
  const RowMatrix<double> centroids = normal_points(8, 6, 2);
  x(0, 0) = 0x1p20;
  const std::vector<Index> labels = labels_within(x, centroids, {10, 10});
  RowMatrix<double> cost = costs(x, centroids);
  cost.colwise() -= cost.rowwise().minCoeff().eval();
  EXPECT_LE(saved_by_best_round(cost, labels, {10, 10}), 1e-7);
}

TEST(NearestWithinSizes, CanBeCancelled) {
  const RowMatrix<double> x = normal_points(9, 1000, 2);
  for (const std::int64_t after : {0, 1, 3}) {
    testing::Host host({.cancel_after = after});
    std::vector<Index> labels(1000);
    EXPECT_THROW(nearest_within_sizes(host.context(), ConstArray(x), ConstArray(normal_points(10, 20, 2)), {50, 50},
                                      MutableArray(labels)),
                 Cancelled);
  }
}

TEST(NearestWithinSizes, SaysWhichLimitsWouldBePossible) {
  const RowMatrix<double> x = normal_points(11, 10, 2);
  const RowMatrix<double> centroids = normal_points(12, 3, 2);
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {4, 10});
      },
      ThrowsMessage<InputError>("10 examples are too few for 3 clusters of at least 4: at least 3 is possible"));
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {0, 3});
      },
      ThrowsMessage<InputError>("10 examples are too many for 3 clusters of at most 3: at most 4 is possible"));
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {3, 2});
      },
      ThrowsMessage<InputError>("the least size 3 is above the greatest size 2"));
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {-1, 5});
      },
      ThrowsMessage<InputError>("the least size must be at least 0, but is -1"));
  const std::vector<double> weights{1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {2, 10}, weights);
      },
      ThrowsMessage<InputError>("5 examples are too few for 3 clusters of at least 2: at least 1 is possible"));
}

TEST(NearestWithinSizes, RefusesDistancesBeyondFloat64) {
  const RowMatrix<double> x{{1e200}, {0}, {0.1}};
  const RowMatrix<double> centroids{{0}, {1}};
  EXPECT_THAT(
      [&] {
        labels_within(x, centroids, {0, 2});
      },
      ThrowsMessage<InputError>("the squared distances of row 0 are too great for float64"));
}

TEST(BalancedSizes, AreTheTightestPossible) {
  EXPECT_EQ(balanced_sizes(10, 3).min, 3);
  EXPECT_EQ(balanced_sizes(10, 3).max, 4);
  EXPECT_EQ(balanced_sizes(9, 3).max, 3);
  EXPECT_EQ(balanced_sizes(2, 3).min, 0);
  EXPECT_EQ(balanced_sizes(2, 3).max, 1);
}

}  // namespace
}  // namespace shoal::kernels
