#include "shoal/kernels/seeding.h"

#include <gmock/gmock.h>

#include "shoal/kernels/repair.h"
#include "shoal/kernels/sums.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

RowMatrix<double> uniform_points(std::uint64_t seed, Index n, Index d) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = random.uniform();
  return out;
}

TEST(RandomRows, AreDifferentAndDrawnByWeight) {
  const std::vector<double> weights{1, 1, 1, 5};
  int last_first = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const auto rows = random_rows(4, 2, Random(seed), weights);
    EXPECT_NE(rows[0], rows[1]);
    last_first += rows[0] == 3 ? 1 : 0;
  }
  EXPECT_NEAR(last_first / 4000.0, 5.0 / 8, 4 * std::sqrt(5.0 / 8 * 3 / 8 / 4000));  // four standard deviations
}

TEST(Draw, FollowsTheMassAndSkipsZeros) {
  const std::vector<double> mass{0, 1, 0, 3, 0};
  const Draw draw(mass);
  EXPECT_EQ(draw(0), 1);
  EXPECT_EQ(draw(0.2499), 1);
  EXPECT_EQ(draw(0.25), 3);
  EXPECT_EQ(draw(1 - 0x1p-53), 3);
  std::vector<double> blocks(5000, 0.0);
  blocks[4321] = 2;
  EXPECT_EQ(Draw(blocks)(0), 4321);
  EXPECT_EQ(Draw(blocks)(0.999), 4321);
}

TEST(ClusterSums, AreWeightedAndTheSameForAnyNumberOfThreads) {
  const RowMatrix<double> x{{1, 2}, {3, 4}, {5, 6}};
  const std::vector<Index> labels{2, 0, 2};
  const std::vector<double> weights{2, 1, 0};
  testing::Host host;
  const ClusterSums found = cluster_sums(host.context(), ConstArray(x), labels, 3, weights);
  EXPECT_EQ(found.sums, (RowMatrix<double>{{3, 4}, {0, 0}, {2, 4}}));
  EXPECT_THAT(found.weights, ElementsAre(1, 0, 2));
  EXPECT_THAT(found.counts, ElementsAre(1, 0, 1));
  EXPECT_THAT([&] { cluster_sums(host.context(), ConstArray(x), labels, 2); },
              ThrowsMessage<InputError>("row 0 has label 2, but there are 2 clusters"));

  const RowMatrix<double> many = uniform_points(8, 4000, 5);
  std::vector<Index> groups(4000);
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<Index>(i * i % 3);
  testing::Host three({.threads = 3});
  EXPECT_EQ(cluster_sums(host.context(), ConstArray(many), groups, 3).sums,
            cluster_sums(three.context(), ConstArray(many), groups, 3).sums);
}

TEST(ClusterMeans, OfEqualRowsAreThoseRows) {  // 0.1 + 0.1 + 0.1 is not 3 · 0.1 in float64
  const RowMatrix<double> x{{0.1}, {0.1}, {7}, {0.1}, {1}};
  const std::vector<Index> labels{0, 0, 1, 0, 1};
  const std::vector<double> weights{0.3, 0.7, 3, 0.9, 1};
  testing::Host host;
  const ClusterMeans found = cluster_means(host.context(), ConstArray(x), labels, 3, weights);
  EXPECT_EQ(found.means(0, 0), 0.1);
  EXPECT_EQ(found.means(1, 0), 5.5);  // (21 + 1) / 4
  EXPECT_EQ(found.means(2, 0), 0);
  EXPECT_THAT(found.counts, ElementsAre(3, 2, 0));
}

// Labels of 900 rows under 12 clusters, of which `share` change at each step.
TEST(RunningMeans, AreThoseOfAllRowsHoweverFewChange) {
  RowMatrix<double> whole(900, 7);
  Random random(5);
  for (double& v : whole.reshaped()) v = static_cast<double>(random.below(2000)) / 8;
  const RowMatrix<double> fractions = whole.array() / 3;  // float32 does not hold these
  std::vector<double> weights;
  for (Index i = 0; i < 900; ++i) weights.push_back(static_cast<double>(i % 4));
  for (const auto& [x, w] : {std::pair{whole, std::vector<double>{}}, {fractions, {}}, {whole, weights}})
    for (const double share : {0.01, 0.2, 0.6}) {
      testing::Host host({.threads = 2});
      RunningMeans running(host.context(), ConstArray(x), 12, w);
      std::vector<Index> labels(900);
      for (Index& label : labels) label = random.below(12);
      std::vector<Relabelled> changed;
      for (int step = 0; step < 40; ++step) {
        const ClusterMeans& found = running.update(host.context(), labels, changed);
        const ClusterMeans expected = cluster_means(host.context(), ConstArray(x), labels, 12, w);
        EXPECT_EQ(found.counts, expected.counts);
        ASSERT_TRUE(found.means.isApprox(expected.means, 1e-13)) << "step " << step;
        if (x == whole && w.empty()) {  // then the sums are exact
          ASSERT_EQ(found.means, expected.means);
        }
        changed.clear();
        for (Index i = 0; i < 900; ++i) {
          if (random.uniform() > share) continue;
          const Index to = (labels[static_cast<std::size_t>(i)] + 1 + random.below(11)) % 12;
          changed.push_back({i, labels[static_cast<std::size_t>(i)], to});
          labels[static_cast<std::size_t>(i)] = to;
        }
      }
    }
}

TEST(Spread, IsAboutTheWeightedMean) {
  // By hand: rows 1 and 4 of weights 2 and 1 have mean 2 and squares 2·1 + 4 = 6 in the first column, 0 in the second.
  const RowMatrix<double> x{{1, 5}, {4, 5}};
  const std::vector<double> weights{2, 1};
  testing::Host host;
  const Spread found = spread(host.context(), ConstArray(x), weights);
  EXPECT_EQ(found.mean, (Eigen::RowVectorXd{{2, 5}}));
  EXPECT_DOUBLE_EQ(found.sum_of_squares, 6);
  EXPECT_DOUBLE_EQ(found.mean_variance, 1);  // 6 / 3 rows / 2 columns
}

TEST(Spread, LosesNothingToALargeOffset) {
  RowMatrix<double> x(5000, 1);
  for (Index i = 0; i < 5000; ++i) x(i, 0) = 1e9 + (i % 2 == 0 ? 0.1 : -0.1);
  testing::Host host({.threads = 2});
  EXPECT_NEAR(spread(host.context(), ConstArray(x)).mean_variance, 0.01, 1e-7);
}

TEST(ClusterMeans, AreTheSameForTheSameNumbersInEveryDtype) {
  const RowMatrix<std::uint8_t> bytes = (RowMatrix<double>::Random(5000, 6).array() * 100 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  std::vector<Index> labels(5000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<Index>(i * i % 7);
  testing::Host host;
  const auto of = [&](ConstArray x) { return cluster_means(host.context(), x, labels, 7).means; };
  EXPECT_EQ(of(ConstArray(bytes)), of(ConstArray(doubles)));
  EXPECT_EQ(of(ConstArray(floats)), of(ConstArray(doubles)));
}

TEST(Weights, AreCheckedOnce) {
  const std::vector<double> negative{1, -2}, none{0, 0}, fine{0, 2};
  EXPECT_THAT([&] { require_weights(ConstArray(negative), 2); },
              ThrowsMessage<InputError>(HasSubstr("the weight of row 1 is -2")));
  EXPECT_THAT([&] { require_weights(ConstArray(none), 2); }, ThrowsMessage<InputError>("all 2 weights are 0"));
  EXPECT_THAT([&] { require_weights(ConstArray(fine), 3); }, ThrowsMessage<InputError>("needs 3 weights, got 2"));
  EXPECT_EQ(require_weights(ConstArray(fine), 2).size(), 2U);
  EXPECT_TRUE(require_weights(std::nullopt, 2).empty());
}

TEST(Repair, TakesTheFarthestRowsButNeverAClustersLast) {
  const RowMatrix<double> x{{0}, {1}, {2}, {90}};
  const RowMatrix<double> centroids{{0}, {100}, {-50}, {-60}};
  const std::vector<Index> labels{0, 0, 0, 1};  // the row farthest off is 90, but it is all that cluster 1 has
  testing::Host host;
  const auto moves = rows_for_empty_clusters(host.context(), ConstArray(x), ConstArray(centroids), labels);
  ASSERT_EQ(moves.size(), 2U);
  EXPECT_EQ(moves[0].row, 2);
  EXPECT_EQ(moves[0].to, 2);
  EXPECT_EQ(moves[1].row, 1);
  EXPECT_EQ(moves[1].to, 3);
}

TEST(Repair, EndsWithLabelsThatBelongToTheCentroids) {
  const RowMatrix<double> x{{0}, {0}, {4}, {10}};
  RowMatrix<double> centroids{{50}, {0}, {60}};
  std::vector<Index> labels(4);
  testing::Host host;
  nearest_without_empty(host.context(), ConstArray(x), centroids, labels);
  EXPECT_EQ(centroids, (RowMatrix<double>{{10}, {0}, {4}}));
  EXPECT_THAT(labels, ElementsAre(1, 1, 2, 0));
}

TEST(DistinctRows, CountsThoseThatHaveAWeight) {
  const RowMatrix<float> x{{1, 2}, {1, 3}, {1, 2}, {0, 9}, {1, 3}};
  const std::vector<double> weights{1, 1, 1, 0, 1};
  EXPECT_EQ(distinct_rows(ConstArray(x)), 3);
  EXPECT_EQ(distinct_rows(ConstArray(x), weights), 2);
}

}  // namespace
}  // namespace shoal::kernels
