#include "shoal/kernels/silhouette.h"

#include <gmock/gmock.h>

#include <cmath>

#include "shoal/testing.h"
#include "shoal/testing_points.h"

namespace shoal::kernels {
namespace {

using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

/// Rousseeuw's definition, pair by pair.
double width_of(const RowMatrix<double>& x, const Labels& labels, Index i, Index k) {
  std::vector<double> sums(static_cast<std::size_t>(k)), sizes(static_cast<std::size_t>(k));
  for (Index j = 0; j < x.rows(); ++j) {
    const std::int64_t c = labels[static_cast<std::size_t>(j)];
    if (j == i || c < 0) continue;
    sums[static_cast<std::size_t>(c)] += (x.row(i) - x.row(j)).norm();
    ++sizes[static_cast<std::size_t>(c)];
  }
  const auto own = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
  if (sizes[own] == 0) return 0;
  double other = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < sums.size(); ++c)
    if (c != own) other = std::min(other, sums[c] / sizes[c]);
  const double a = sums[own] / sizes[own];
  return (other - a) / std::max(a, other);
}

Labels random_labels(Index n, Index k) {
  Random random(4);
  Labels out;
  for (Index i = 0; i < n; ++i) out.push_back(random.below(k + 1) - 1);  // some are noise
  return out;
}

TEST(Silhouette, IsRousseeuwsDefinitionOverThePairs) {
  constexpr Index kRows = 900, kClusters = 4;
  for (const Index cols : {1, 5, 50, 300}) {
    SCOPED_TRACE(cols);
    const RowMatrix<double> x = testing::normal_points(3, kRows, cols);
    Labels labels = random_labels(kRows, kClusters);
    labels[7] = kClusters;  // alone
    double sum = 0, count = 0;
    for (Index i = 0; i < kRows; ++i) {
      if (labels[static_cast<std::size_t>(i)] < 0) continue;
      sum += width_of(x, labels, i, kClusters + 1);
      ++count;
    }
    std::vector<double> means;
    for (const int threads : {1, 2, 5}) {
      Host host({.threads = threads});
      const Silhouette found = silhouette(host.context(), ConstArray(x), clustered_rows(labels, kRows));
      EXPECT_NEAR(found.mean, sum / count, 1e-12);
      EXPECT_EQ(found.by_cluster.back(), 0);
      means.push_back(found.mean);
    }
    EXPECT_EQ(means[0], means[1]);
    EXPECT_EQ(means[0], means[2]);
  }
}

TEST(Silhouette, LooksAtTheRowsItIsAskedToAgainstAll) {
  const RowMatrix<double> x = testing::normal_points(3, 300, 3);
  const Labels labels = random_labels(300, 3);
  const ClusteredRows clustered = clustered_rows(labels, 300);
  const std::vector<Index> places{2, 40, 41, 100};
  double sum = 0;
  for (const Index place : places) sum += width_of(x, labels, clustered.rows[static_cast<std::size_t>(place)], 3);
  Host host;
  const Silhouette found = silhouette(host.context(), ConstArray(x), clustered, places);
  EXPECT_NEAR(found.mean, sum / 4, 1e-12);
  EXPECT_TRUE(std::isnan(found.by_cluster[2]));  // a hundred places are those of clusters 0 and 1
}

TEST(Silhouette, OfEqualRowsIsZero) {
  const RowMatrix<float> x = RowMatrix<float>::Ones(6, 2);
  Host host;
  const ClusteredRows clustered = clustered_rows(Labels{0, 0, 0, 1, 1, 1}, 6);
  EXPECT_EQ(silhouette(host.context(), ConstArray(x), clustered).mean, 0);
  EXPECT_EQ(simplified_silhouette(host.context(), ConstArray(x), clustered).mean, 0);
}

TEST(Silhouette, OfMeansIsAsByHand) {
  // Means 1 and 12, noise at 50. Rows 0, 2: 1 from their own, 12 and 10 from the other; 10, 14: 2, and 9 and 13.
  const RowMatrix<double> x{{0}, {2}, {50}, {10}, {14}};
  Host host({.threads = 2});
  const Silhouette found =
      simplified_silhouette(host.context(), ConstArray(x), clustered_rows(Labels{5, 5, -1, 8, 8}, 5));
  const double first = (11.0 / 12 + 9.0 / 10) / 2, second = (7.0 / 9 + 11.0 / 13) / 2;
  EXPECT_THAT(found.by_cluster, ElementsAre(::testing::DoubleEq(first), ::testing::DoubleEq(second)));
  EXPECT_DOUBLE_EQ(found.mean, (first + second) / 2);
}

TEST(ClusteredRows, AreClusterByClusterWithoutNoise) {
  const ClusteredRows found = clustered_rows(Labels{9, -1, 4, 9, 4, 4}, 6);
  EXPECT_THAT(found.rows, ElementsAre(2, 4, 5, 0, 3));
  EXPECT_THAT(found.start, ElementsAre(0, 3, 5));
  EXPECT_EQ(found.noise, 1);
}

TEST(ClusteredRows, SayWhatIsWrong) {
  EXPECT_THAT(
      [] {
        clustered_rows(Labels{0, 0, -1}, 3);
      },
      ThrowsMessage<InputError>(HasSubstr("at least 2 clusters, but the labels have 1 (1 of 3 examples are noise)")));
  EXPECT_THAT([] { clustered_rows(Labels{-1, -1}, 2); }, ThrowsMessage<InputError>(HasSubstr("the labels have 0")));
  EXPECT_THAT(
      [] {
        clustered_rows(Labels{2, 1, -1}, 3);
      },
      ThrowsMessage<InputError>(HasSubstr("each of the 2 examples that are not noise is a cluster of its own")));
  EXPECT_THAT(
      [] {
        clustered_rows(Labels{0, -2}, 2);
      },
      ThrowsMessage<InputError>(HasSubstr("'labels' hold -2 at row 1")));
  EXPECT_THAT(
      [] {
        clustered_rows(Labels{0, 1}, 3);
      },
      ThrowsMessage<InputError>(HasSubstr("'features' are of 3 examples, but 'labels' of 2")));
}

}  // namespace
}  // namespace shoal::kernels
