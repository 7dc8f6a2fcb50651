#include "merge.h"

#include <gmock/gmock.h>

#include <cmath>

#include "shoal/error.h"
#include "shoal/random.h"

namespace {

using shoal::Index;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(AverageLinkage, JoinsByTheMeanOverAllPairs) {
  // 0 and 1 are most alike. Then {0,1} with 2 is (5 + 1)/2 = 3 on average, 2 with 3 is 4: the pair that shares one
  // strong link loses to the mean.
  shoal::RowMatrix<double> similarity(4, 4);
  similarity << 0, 9, 5, 0,  //
      9, 0, 1, 0,            //
      5, 1, 0, 4,            //
      0, 0, 4, 0;
  EXPECT_THAT(average_linkage(similarity, 4), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(average_linkage(similarity, 3), ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(average_linkage(similarity, 2), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(average_linkage(similarity, 1), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT([&] { average_linkage(similarity, 5); },
              ThrowsMessage<shoal::InputError>(HasSubstr("5 groups are asked for, but there are 4 clusters")));
}

TEST(BestPartition, IsKnownByHand) {
  // Three groups in two classes. Only 1 and 2 are confused: {0}, {1,2} keeps all of E within, J = 2.
  shoal::RowMatrix<double> joint(3, 3);
  joint << 4, 0, 0,  //
      0, 3, 1,       //
      0, 1, 3;
  const Eigen::Vector3d shares(0.5, 0.25, 0.25);
  const Partition found = best_partition(joint, shares, 2, 0);
  EXPECT_THAT(found.class_of, ElementsAre(0, 1, 1));
  EXPECT_DOUBLE_EQ(found.objective, 2);
  // With the prior: twice −½ ln ½ = ln 2, times the balance.
  EXPECT_DOUBLE_EQ(best_partition(joint, shares, 2, 3).objective, 2 + 3 * std::log(2));
}

TEST(BestPartition, APriorOutweighsConfusion) {
  // 0 holds three quarters: confused with 1, but joining them makes classes of .95 and .05 instead of .75 and .25.
  shoal::RowMatrix<double> joint(3, 3);
  joint << 5, 2, 0,  //
      2, 5, 1,       //
      0, 1, 5;
  const Eigen::Vector3d shares(0.75, 0.2, 0.05);
  EXPECT_THAT(best_partition(joint, shares, 2, 0).class_of, ElementsAre(0, 0, 1));
  EXPECT_THAT(best_partition(joint, shares, 2, 5).class_of, ElementsAre(0, 1, 1));
}

// J of one partition, word for word.
double objective(const shoal::RowMatrix<double>& joint, const Eigen::VectorXd& shares,
                 const std::vector<Index>& class_of, Index classes, double balance) {
  double sum = 0;
  for (Index c = 0; c < classes; ++c) {
    double within = 0, degree = 0, share = 0;
    for (Index a = 0; a < joint.rows(); ++a) {
      if (class_of[static_cast<std::size_t>(a)] != c) continue;
      share += shares[a];
      degree += joint.row(a).sum();
      for (Index b = 0; b < joint.rows(); ++b)
        if (class_of[static_cast<std::size_t>(b)] == c) within += joint(a, b);
    }
    sum += within / degree - balance * share * std::log(share);
  }
  return sum;
}

// Every partition of the groups from `next` on, given those before.
void each_partition(std::vector<Index>& class_of, std::size_t next, Index used, Index classes,
                    const std::function<void()>& use) {
  if (next == class_of.size()) {
    if (used == classes) use();
    return;
  }
  for (Index c = 0; c <= std::min(used, classes - 1); ++c) {
    class_of[next] = c;
    each_partition(class_of, next + 1, std::max(used, c + 1), classes, use);
  }
}

TEST(BestPartition, IsTheBestOfAll) {
  shoal::Random random(7);
  for (int trial = 0; trial < 30; ++trial) {
    const Index groups = 4 + trial % 5, classes = 1 + trial % (groups - 1);
    const double balance = trial % 3 * 4.0;
    shoal::RowMatrix<double> joint(groups, groups);
    Eigen::VectorXd shares(groups);
    for (Index a = 0; a < groups; ++a) {
      shares[a] = random.uniform(0.05, 1);
      for (Index b = 0; b <= a; ++b) joint(a, b) = joint(b, a) = random.uniform(0, 1);
    }
    shares /= shares.sum();
    double best = -1e300;
    std::vector<Index> class_of(static_cast<std::size_t>(groups), 0);
    each_partition(class_of, 0, 0, classes,
                   [&] { best = std::max(best, objective(joint, shares, class_of, classes, balance)); });
    const Partition found = best_partition(joint, shares, classes, balance);
    EXPECT_NEAR(found.objective, best, 1e-12);
    EXPECT_NEAR(objective(joint, shares, found.class_of, classes, balance), best, 1e-12);
  }
}

TEST(BestPartition, OfFourteenGroupsIntoTenIsQuick) {
  // Two pairs and one triple are confused, the rest is not: 14 − 1 − 1 − 2 = 10 classes.
  shoal::RowMatrix<double> joint = shoal::RowMatrix<double>::Identity(14, 14);
  for (const auto& [a, b] : {std::pair<Index, Index>{0, 5}, {2, 9}, {3, 4}, {3, 13}, {4, 13}})
    joint(a, b) = joint(b, a) = 0.5;
  const Partition found = best_partition(joint, Eigen::VectorXd::Constant(14, 1.0 / 14), 10, 0);
  EXPECT_THAT(found.class_of, ElementsAre(0, 1, 2, 3, 3, 0, 4, 5, 6, 2, 7, 8, 9, 3));
  EXPECT_NEAR(found.objective, 10, 1e-12);
}

}  // namespace
