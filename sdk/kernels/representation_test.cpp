#include "shoal/kernels/representation.h"

#include <gmock/gmock.h>

#include <cmath>

#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

using ::testing::ThrowsMessage;

RowMatrix<double> normal(Index n, Index d) {
  Random random(3);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = random.normal();
  return out;
}

TEST(EmbeddingStd, IsNearOneOnTheSphereAndZeroWhenCollapsed) {
  EXPECT_NEAR(embedding_std(normal(20000, 16)), 1, 0.01);
  EXPECT_EQ(embedding_std(RowMatrix<double>::Constant(10, 4, 0.5)), 0);
  // ±(1, 0): deviations 1 and 0, mean ½, times √2.
  RowMatrix<double> poles(2, 2);
  poles << 5, 0, -3, 0;
  EXPECT_DOUBLE_EQ(embedding_std(poles), std::sqrt(2.0) / 2);
}

TEST(Uniformity, IsKnownForTwoPolesAndForOnePoint) {
  RowMatrix<double> poles(2, 2);
  poles << 5, 0, -3, 0;
  EXPECT_NEAR(uniformity(poles, 10, Random(1)), -8, 1e-12);  // ‖x − y‖² = 4
  EXPECT_EQ(uniformity(RowMatrix<double>::Constant(10, 4, 0.5), 10, Random(1)), 0);
  // Even on a sphere in 16 dimensions: the mean of exp(−4(1 − cos)) with cos of variance 1/16 is about e^−3.5.
  EXPECT_NEAR(uniformity(normal(5000, 16), 50000, Random(2)), -3.5, 0.1);
}

TEST(Alignment, IsKnownForSameOppositeAndUnrelatedRows) {
  RowMatrix<double> x(3, 2), y(3, 2);
  x << 1, 0, 0, 2, 3, 0;
  y << 4, 0, 0, -1, 0, 5;  // the same direction, the opposite one, a right angle: squares 0, 4, 2
  EXPECT_DOUBLE_EQ(alignment(x, y), 2);
  EXPECT_DOUBLE_EQ(alignment(x, x * 7), 0);
  EXPECT_NEAR(alignment(normal(20000, 16), normal(20000, 16).rowwise().reverse()), 2, 0.02);
  EXPECT_THAT([&] { alignment(x, y.topRows(2)); },
              ThrowsMessage<InputError>("features and positives must have one shape, but are (3, 2) and (2, 2)"));
}

}  // namespace
}  // namespace shoal::kernels
