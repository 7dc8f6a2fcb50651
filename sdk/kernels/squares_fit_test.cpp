#include "shoal/kernels/squares_fit.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using shoal::kernels::require_squares_fit;
using shoal::testing::Host;
using ::testing::ThrowsMessage;

TEST(SquaresFit, UpToTheBoundAndNotBeyond) {
  Host host;
  RowMatrix<double> x = RowMatrix<double>::Constant(3, 4, -5e149);  // 1e150/√4
  require_squares_fit(host.context(), ConstArray(x));
  EXPECT_LT((x.row(0) - -x.row(1)).squaredNorm(), 4.0001e300);
  x(1, 2) = -6e149;
  EXPECT_THAT(
      [&] { require_squares_fit(host.context(), ConstArray(x)); },
      ThrowsMessage<shoal::InputError>(
          "features hold -6e+149 at row 1, column 2, too large for squared distances in float64: with 4 columns "
          "a number is at most 5e+149 in size; divide all of them by one number"));
}

TEST(SquaresFit, OrTheFirstThatIsTooLargeIsNamedForAnyNumberOfThreads) {
  RowMatrix<double> x = RowMatrix<double>::Zero(4096, 64);  // in blocks of 1024
  x.bottomRows(4096 - 1023).setConstant(1e200);
  for (const int threads : {1, 4}) {
    Host host({.threads = threads});
    for (int time = 0; time < 20; ++time)
      EXPECT_THAT([&] { require_squares_fit(host.context(), ConstArray(x), "initial centroids"); },
                  ThrowsMessage<shoal::InputError>(
                      ::testing::StartsWith("initial centroids hold 1e+200 at row 1023, column 0,")));
  }
}

TEST(SquaresFit, OfFloat32AndBytesAlways) {
  Host host;
  const RowMatrix<float> single = RowMatrix<float>::Constant(2, 3, std::numeric_limits<float>::max());
  const RowMatrix<std::uint8_t> bytes = RowMatrix<std::uint8_t>::Constant(2, 3, 255);
  require_squares_fit(host.context(), ConstArray(single));
  require_squares_fit(host.context(), ConstArray(bytes));
}

}  // namespace
