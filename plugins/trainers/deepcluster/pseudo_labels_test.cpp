#include "pseudo_labels.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;

using Labels = std::vector<std::int64_t>;

TEST(Compact, NumbersClustersByTheirFirstExampleAndDropsEmptyOnes) {
  const PseudoLabels pseudo = compact(Labels{7, 2, 7, -1, 4, 2, 7});  // 0, 1, 3, 5, 6 are empty
  EXPECT_THAT(pseudo.labels, ElementsAre(0, 1, 0, -1, 2, 1, 0));
  EXPECT_THAT(pseudo.sizes, ElementsAre(3, 2, 1));
  EXPECT_EQ(pseudo.labelled(), 6);
  EXPECT_EQ(pseudo.smallest(), 1);
  EXPECT_EQ(pseudo.largest_share(), 0.5);
}

TEST(MatchTo, GivesBackTheNumbersOfARenumberedCopy) {
  const PseudoLabels previous = compact(Labels{0, 1, 1, 2, 2, 2});
  const PseudoLabels renumbered{{2, 0, 0, 1, 1, 1}, {2, 3, 1}};
  const Matched matched = match_to(previous, renumbered);
  EXPECT_THAT(matched.now.labels, ElementsAre(0, 1, 1, 2, 2, 2));
  EXPECT_THAT(matched.now.sizes, ElementsAre(1, 2, 3));
  EXPECT_EQ(matched.churn, 0);
}

TEST(MatchTo, CountsWhoLeft) {
  // Cluster 1 keeps two of its three, cluster 0 both and gains one: 1 of 5 has left.
  const Matched matched = match_to(compact(Labels{0, 0, 1, 1, 1}), compact(Labels{0, 0, 0, 1, 1}));
  EXPECT_THAT(matched.now.labels, ElementsAre(0, 0, 0, 1, 1));
  EXPECT_DOUBLE_EQ(matched.churn, 0.2);
}

TEST(MatchTo, LeavesNoHolesWhereThereAreFewerOrMoreClusters) {
  const PseudoLabels three = compact(Labels{0, 1, 1, 2, 2, 2});
  const PseudoLabels two = compact(Labels{0, 1, 1, 1, 1, 1});  // its 1 is mostly three's 2, which is no number below 2
  EXPECT_THAT(match_to(three, two).now.labels, ElementsAre(0, 1, 1, 1, 1, 1));
  EXPECT_DOUBLE_EQ(match_to(three, two).churn, 2.0 / 6);
  EXPECT_THAT(match_to(two, three).now.labels, ElementsAre(0, 2, 2, 1, 1, 1));  // three's 2 is two's 1
  EXPECT_THAT(match_to(two, three).now.sizes, ElementsAre(1, 3, 2));
}

TEST(MatchTo, LeavesNoiseOut) {
  const Matched matched = match_to(compact(Labels{0, 0, 1, -1, -1}), compact(Labels{5, 5, -1, -1, 3}));
  EXPECT_THAT(matched.now.labels, ElementsAre(0, 0, -1, -1, 1));
  EXPECT_DOUBLE_EQ(matched.churn, 0.4);  // the third became noise, the fifth is no longer
}

TEST(Centroids, AreMeansAndExplainWhatIsBetweenThem) {
  // (0,0) (0,2) | (10,0) (10,2) | noise. Means (0,1), (10,1); within 4·1 = 4; around (5,1) 4·(25 + 1) = 104.
  const shoal::RowMatrix<float> points{{0, 0}, {0, 2}, {10, 0}, {10, 2}, {1000, 1000}};
  const PseudoLabels pseudo = compact(Labels{0, 0, 1, 1, -1});
  EXPECT_TRUE(centroids(shoal::ConstArray(points), pseudo).isApprox(shoal::RowMatrix<double>{{0, 1}, {10, 1}}));
  EXPECT_DOUBLE_EQ(explained_variance(shoal::ConstArray(points), pseudo), 1 - 4.0 / 104);
  const shoal::RowMatrix<float> alike = shoal::RowMatrix<float>::Ones(5, 2);
  EXPECT_EQ(explained_variance(shoal::ConstArray(alike), pseudo), 0);
}

}  // namespace
