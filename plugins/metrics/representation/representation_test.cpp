#include "representation.h"

#include <gmock/gmock.h>

#include <cmath>

namespace {

using shoal::Index;

shoal::RowMatrix<double> normal(Index n, Index d) {
  shoal::Random random(3);
  shoal::RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = random.normal();
  return out;
}

TEST(EmbeddingStd, IsNearOneOnTheSphereAndZeroWhenCollapsed) {
  EXPECT_NEAR(embedding_std(normal(20000, 16)), 1, 0.01);
  EXPECT_EQ(embedding_std(shoal::RowMatrix<double>::Constant(10, 4, 0.5)), 0);
  // ±(1, 0): deviations 1 and 0, mean ½, times √2.
  shoal::RowMatrix<double> poles(2, 2);
  poles << 5, 0, -3, 0;
  EXPECT_DOUBLE_EQ(embedding_std(poles), std::sqrt(2.0) / 2);
}

TEST(Uniformity, IsKnownForTwoPolesAndForOnePoint) {
  shoal::RowMatrix<double> poles(2, 2);
  poles << 5, 0, -3, 0;
  EXPECT_NEAR(uniformity(poles, 10, shoal::Random(1)), -8, 1e-12);  // ‖x − y‖² = 4
  EXPECT_EQ(uniformity(shoal::RowMatrix<double>::Constant(10, 4, 0.5), 10, shoal::Random(1)), 0);
  // Even on a sphere in 16 dimensions: the mean of exp(−4(1 − cos)) with cos of variance 1/16 is about e^−3.5.
  EXPECT_NEAR(uniformity(normal(5000, 16), 50000, shoal::Random(2)), -3.5, 0.1);
}

}  // namespace
