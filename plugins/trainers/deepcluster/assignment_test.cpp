#include "assignment.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "shoal/testing.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

using Labels = std::vector<std::int64_t>;

/// Eight points on a line; two clusters, of which the right one holds three quarters.
const RowMatrix<float> kLine{{-10}, {-9}, {1}, {2}, {3}, {4}, {5}, {6}};
const Labels kLopsided{0, 0, 1, 1, 1, 1, 1, 1};

TEST(Balanced, GivesEachClusterItsPart) {  // means −9.5 and 3.5; the two nearest to the left one go over
  Host host;
  const PseudoLabels pseudo = balanced(host.context(), ConstArray(kLine), compact(kLopsided), 0.5);
  EXPECT_THAT(pseudo.labels, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(pseudo.sizes, ElementsAre(4, 4));
  EXPECT_THAT(host.log(), IsEmpty());
}

TEST(Balanced, IsNearlyEvenOnManyPointsOfUnevenClusters) {
  // 900 points of one blob, 100 of another, cut in ten by the first coordinate: sizes from 1 to 300.
  shoal::Random random(4);
  RowMatrix<float> points(1000, 3);
  Labels labels(1000);
  for (Index i = 0; i < 1000; ++i) {
    for (Index j = 0; j < 3; ++j) points(i, j) = static_cast<float>((i < 900 ? 0 : 1) + 0.3 * random.normal());
    labels[static_cast<std::size_t>(i)] = std::clamp<Index>(static_cast<Index>((points(i, 0) + 0.8) * 4), 0, 9);
  }
  const PseudoLabels found = compact(labels);
  Host host, two({.threads = 2});
  const PseudoLabels pseudo = balanced(host.context(), ConstArray(points), found, 0.01);
  EXPECT_GT(*std::max_element(found.sizes.begin(), found.sizes.end()), 200);
  EXPECT_THAT(pseudo.sizes, SizeIs(found.sizes.size()));
  const double even = 1000.0 / static_cast<double>(found.clusters());
  for (const std::int64_t size : pseudo.sizes) EXPECT_NEAR(static_cast<double>(size) / even, 1, 0.1);
  EXPECT_EQ(balanced(two.context(), ConstArray(points), found, 0.01).labels, pseudo.labels);
}

TEST(Capped, MovesWhatIsCheapestToMove) {  // at most ⌈1.25·8/2⌉ = 5: one must go over, and that is the point at 1
  Host host;
  const PseudoLabels pseudo = capped(host.context(), ConstArray(kLine), compact(kLopsided), 1.25);
  EXPECT_THAT(pseudo.labels, ElementsAre(0, 0, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(capped(host.context(), ConstArray(kLine), compact(kLopsided), 1.5).labels,
              ElementsAre(0, 0, 1, 1, 1, 1, 1, 1));  // 6 fit
  EXPECT_THAT(capped(host.context(), ConstArray(kLine), compact(kLopsided), 1).sizes, ElementsAre(4, 4));
}

TEST(Policies, ThatGiveEveryExampleAClusterRefuseNoise) {
  Host host;
  const PseudoLabels noisy = compact(Labels{0, 0, 1, 1, 1, -1, 1, -1});
  EXPECT_THAT([&] { balanced(host.context(), ConstArray(kLine), noisy, 0.5); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'balanced' gives every example a cluster, but the clusterer "
                                                         "calls 2 examples noise")));
  EXPECT_THAT([&] { capped(host.context(), ConstArray(kLine), noisy, 2); },
              ThrowsMessage<shoal::InputError>(HasSubstr("'capped' gives every example a cluster")));
}

TEST(WithoutFarthest, LeavesOutTheShareOfEachCluster) {
  // Means −9.5 and 3.5. Of six a third: 1 and 6, each 2.5 away. Of two less than one: none. Noise stays noise.
  Host host;
  const PseudoLabels all = compact(kLopsided);
  const PseudoLabels near = without_farthest(host.context(), ConstArray(kLine), all, 0.34);
  EXPECT_THAT(near.labels, ElementsAre(0, 0, -1, 1, 1, 1, 1, -1));
  EXPECT_THAT(near.sizes, ElementsAre(2, 4));
  EXPECT_EQ(without_farthest(host.context(), ConstArray(kLine), all, 0).labels, all.labels);
  // Of equally far ones the higher row goes: of six a sixth is the point at 6, not that at 1.
  EXPECT_THAT(without_farthest(host.context(), ConstArray(kLine), all, 0.17).labels,
              ElementsAre(0, 0, 1, 1, 1, 1, 1, -1));
  const PseudoLabels noisy = compact(Labels{-1, 0, 1, 1, 1, 1, 1, 1});
  EXPECT_THAT(without_farthest(host.context(), ConstArray(kLine), noisy, 0.99).sizes, ElementsAre(1, 1));
  EXPECT_EQ(without_farthest(host.context(), ConstArray(kLine), noisy, 0.99).labels[0], -1);
}

}  // namespace
