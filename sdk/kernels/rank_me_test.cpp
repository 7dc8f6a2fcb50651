#include <gtest/gtest.h>

#include "shoal/kernels/representation.h"
#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using shoal::kernels::rank_me;
using shoal::testing::Host;

double rank_of(const RowMatrix<double>& features) {
  Host host;
  return rank_me(host.context(), ConstArray(features));
}

TEST(RankMe, IsTheDimensionOfWhatIsEvenAndOneOfALine) {
  // d equal singular values: p = 1/d + 1e-7, so exp of the entropy is d but for 1e-6.
  EXPECT_NEAR(rank_of(RowMatrix<double>::Identity(6, 6) * 1e-200), 6, 1e-4);
  // One singular value; five times 1e-7·ln 1e-7 are left: exp(8e-6).
  const RowMatrix<double> line = Eigen::VectorXd::LinSpaced(50, 1, 2) * Eigen::RowVectorXd::LinSpaced(6, 1, 3);
  EXPECT_NEAR(rank_of(line), 1, 1e-4);
  // Singular values 3 and 1: p = ¾, ¼; H = .562335, exp(H) = 1.754765.
  RowMatrix<double> two = RowMatrix<double>::Zero(5, 2);
  two(0, 0) = 3, two(1, 1) = 1;
  EXPECT_NEAR(rank_of(two), 1.754765, 1e-5);
  EXPECT_NEAR(rank_of(two.transpose()), 1.754765, 1e-4);
  EXPECT_EQ(rank_of(RowMatrix<double>::Zero(4, 3)), 1);
}

TEST(RankMe, IsTheSameBytesForAnyNumberOfThreadsAndTheSameNumberForEveryDType) {
  shoal::Random random(3);
  RowMatrix<float> features(5000, 12);  // five blocks
  for (Eigen::Index i = 0; i < features.size(); ++i) features.data()[i] = static_cast<float>(random.normal());
  Host one, four({.threads = 4});
  const double rank = rank_me(one.context(), ConstArray(features));
  EXPECT_EQ(rank_me(four.context(), ConstArray(features)), rank);
  const RowMatrix<double> wide = features.cast<double>();
  EXPECT_EQ(rank_me(one.context(), ConstArray(wide)), rank);
  EXPECT_GT(rank, 11.99);  // white noise fills all twelve
  EXPECT_LE(rank, 12 + 1e-4);
}

}  // namespace
