#include "framework/report/ranks.h"

#include <gmock/gmock.h>

namespace shoal::host {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

// SciPy 1.17.1: rankdata of −values, friedmanchisquare (statistic 8.434782608695647), and from it Iman and Davenport's
// F = (n − 1)χ² / (n(k − 1) − χ²) with f.sf.
TEST(Ranks, AreSciPys) {
  const Ranks found = rank_methods({{0.81, 0.78, 0.80},
                                    {0.62, 0.60, 0.65},
                                    {0.93, 0.90, 0.90},
                                    {0.55, 0.50, 0.52},
                                    {0.71, 0.69, 0.74},
                                    {0.88, 0.80, 0.86}},
                                   +1);
  EXPECT_THAT(found.mean,
              ElementsAre(DoubleNear(8.0 / 6, 1e-12), DoubleNear(17.5 / 6, 1e-12), DoubleNear(10.5 / 6, 1e-12)));
  EXPECT_NEAR(found.friedman_p, 0.002314855315121962, 1e-12);
}

TEST(Ranks, TurnWithTheDirection) {
  EXPECT_THAT(rank_methods({{1, 2}, {1, 2}}, -1).mean, ElementsAre(1, 2));
  EXPECT_THAT(rank_methods({{1, 2}, {1, 2}}, +1).mean, ElementsAre(2, 1));
}

TEST(Ranks, ClaimNothingOfEqualValues) {
  const Ranks found = rank_methods({{1, 1}, {2, 2}, {3, 3}}, +1);
  EXPECT_THAT(found.mean, ElementsAre(1.5, 1.5));
  EXPECT_EQ(found.friedman_p, 1);
}

TEST(Ranks, FallBackToFriedmanWhereAllAgree) {
  // Two methods, five datasets, one always first: χ² = n(k − 1) = 5 with one degree of freedom, whose tail is 0.02535.
  EXPECT_NEAR(rank_methods({{1, 2}, {1, 3}, {2, 5}, {1, 4}, {1, 2}}, +1).friedman_p, 0.0253473, 1e-6);
}

TEST(Wilcoxon, IsExact) {  // SciPy 1.17.1's wilcoxon: exact, and with ties over all 2⁷ signs
  EXPECT_DOUBLE_EQ(wilcoxon_p({1, 2, 3, -4, 5, 6, 7}), 0.109375);
  EXPECT_DOUBLE_EQ(wilcoxon_p({1, 1, -1, 2, 2, -3, 0, 4}), 0.328125);
  EXPECT_DOUBLE_EQ(wilcoxon_p({1, 2, 3, 4, 5, 6}), 2.0 / 64);
  EXPECT_EQ(wilcoxon_p({0, 0}), 1);
  EXPECT_EQ(wilcoxon_p({}), 1);
}

}  // namespace
}  // namespace shoal::host
