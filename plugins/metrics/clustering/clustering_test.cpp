#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using Table = shoal::RowMatrix<std::int64_t>;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

struct ClusteringMetric : ::testing::Test {
  shoal::testing::Measured compute(const Labels& labels, const Labels& predicted) {
    return shoal::testing::measure(host.context(), metric.object(),
                                   {{"labels", ConstArray(labels)}, {"predicted", ConstArray(predicted)}});
  }
  static Table confusion(const shoal::testing::Measured& found) {
    return found.arrays.at("confusion").view().matrix<std::int64_t>();
  }
  shoal::testing::Host host;
  shoal::testing::Made metric{host.context(), "metric/clustering"};
};

TEST_F(ClusteringMetric, MatchesClustersWithClasses) {
  // By hand: 0 → 1, 1 → 0, 2 → 2 leaves one example of class 2 in cluster 0 wrong.
  const auto found = compute({0, 0, 1, 1, 2, 2}, {1, 1, 0, 0, 0, 2});
  EXPECT_DOUBLE_EQ(found.numbers.at("acc"), 5.0 / 6);
  EXPECT_DOUBLE_EQ(found.numbers.at("purity"), 5.0 / 6);
  EXPECT_EQ(confusion(found), (Table{{2, 0, 0}, {0, 2, 0}, {0, 1, 1}}));
}

TEST_F(ClusteringMetric, HasKnownNmiAndAri) {  // derived in sdk/kernels/agreement_test.cpp
  const auto found = compute({0, 0, 1, 1}, {0, 0, 1, 2});
  EXPECT_DOUBLE_EQ(found.numbers.at("ari"), 4.0 / 7);
  EXPECT_DOUBLE_EQ(found.numbers.at("nmi"), 0.8);
}

TEST_F(ClusteringMetric, HasTheOtherMeasuresOfTheSameTable) {  // derived in sdk/kernels/agreement_test.cpp
  const auto found = compute({0, 0, 1, 1}, {0, 0, 1, 2});
  EXPECT_DOUBLE_EQ(found.numbers.at("ami"), 4.0 / 7);
  EXPECT_DOUBLE_EQ(found.numbers.at("homogeneity"), 1);
  EXPECT_DOUBLE_EQ(found.numbers.at("completeness"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.numbers.at("v_measure"), 0.8);
  EXPECT_DOUBLE_EQ(found.numbers.at("rand"), 5.0 / 6);
  EXPECT_DOUBLE_EQ(found.numbers.at("fowlkes_mallows"), std::sqrt(0.5));
  EXPECT_DOUBLE_EQ(found.numbers.at("nca"), 0.5);
  EXPECT_EQ(found.arrays.at("pair_confusion").view().matrix<std::int64_t>(), (Table{{8, 0}, {2, 2}}));
}

TEST_F(ClusteringMetric, PutsClustersThatAreLeftOverToTheRight) {
  // Cluster 4 is class 5, cluster 9 class 7; cluster 2 is left. Noise is in no column, but counts as wrong.
  const auto found = compute({5, 5, 5, 7, 7, 7}, {4, 4, 2, 9, 9, -1});
  EXPECT_EQ(confusion(found), (Table{{2, 0, 1}, {0, 2, 0}}));
  EXPECT_DOUBLE_EQ(found.numbers.at("acc"), 4.0 / 6);
  EXPECT_DOUBLE_EQ(found.numbers.at("purity"), 5.0 / 6);
}

TEST_F(ClusteringMetric, LeavesAColumnEmptyWhereAClassHasNoCluster) {
  EXPECT_EQ(confusion(compute({0, 1, 1}, {3, 3, 3})), (Table{{0, 1}, {0, 2}}));
}

TEST_F(ClusteringMetric, FindsNothingRightWhereAllIsNoise) {
  const auto found = compute({0, 1}, {-1, -1});
  EXPECT_EQ(found.numbers.at("acc"), 0);
  EXPECT_EQ(found.numbers.at("nmi"), 0);
  EXPECT_EQ(confusion(found), Table::Zero(2, 2));
}

TEST_F(ClusteringMetric, RefusesLabellingsOfDifferentLength) {
  EXPECT_THAT(
      [&] {
        compute({0, 1}, {0});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("'labels' are of 2 examples, but 'predicted' of 1")));
}

}  // namespace
