#include "ensemble.h"

#include <gmock/gmock.h>

namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using Labels = std::vector<std::int64_t>;

TEST(Ensemble, AgreementIsTheMeanAriToTheOthers) {
  // 0011 and 0012: 4/7 (scikit-learn's example); numbering does not matter.
  const Labels a{0, 0, 1, 1}, b{0, 0, 1, 2}, same_as_a{5, 5, 2, 2};
  EXPECT_THAT(mean_agreement({a, b}), ElementsAre(DoubleNear(4.0 / 7, 1e-12), DoubleNear(4.0 / 7, 1e-12)));
  EXPECT_THAT(mean_agreement({a, b, same_as_a}),
              ElementsAre(DoubleNear((4.0 / 7 + 1) / 2, 1e-12), DoubleNear(4.0 / 7, 1e-12),
                          DoubleNear((4.0 / 7 + 1) / 2, 1e-12)));
}

TEST(Ensemble, TheMedoidIsTheFirstOfTheBest) {
  EXPECT_EQ(medoid({0.5, 0.9, 0.9}), 1U);
  EXPECT_EQ(medoid({0.9, 0.1}), 0U);
}

TEST(Ensemble, VotesInTheNumberingOfTheReference) {
  const Labels a{0, 0, 0, 1, 1, 1}, b{7, 7, 7, 7, 3, 3}, c{1, 1, 0, 0, 0, 0};
  // In a's numbering b is 000011 and c is 001111.
  EXPECT_THAT(vote({a, b, c}, 0), ElementsAre(0, 0, 0, 1, 1, 1));
  // In c's: a is 111000, b is 111100.
  EXPECT_THAT(vote({a, b, c}, 2), ElementsAre(1, 1, 1, 0, 0, 0));
}

TEST(Ensemble, ATieGoesToTheReference) {
  const Labels a{0, 0, 1, 1}, b{0, 0, 0, 1};
  EXPECT_THAT(vote({a, b}, 0), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(vote({a, b}, 1), ElementsAre(0, 0, 0, 1));
}

TEST(Ensemble, NoiseAndClustersLeftOverHaveNoVote) {
  const Labels a{0, 0, 1, 1, -1}, b{4, 4, 5, 6, 5}, c{-1, 0, 1, 1, 1};
  // b's 6 is left over: its 4, 5 match 0, 1. Example 4 is noise in the reference, and 1 in the two others.
  EXPECT_THAT(vote({a, b, c}, 0), ElementsAre(0, 0, 1, 1, 1));
  const Labels only_noise{-1, -1};
  EXPECT_THAT(vote({only_noise, only_noise}, 0), ElementsAre(-1, -1));
}

}  // namespace
