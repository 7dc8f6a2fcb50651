#include "shoal/kernels/trustworthiness.h"

#include <gmock/gmock.h>

#include <cmath>

#include "../../tests/reference/reference.h"
#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// The points of tests/reference/trustworthiness.py.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(200, 6);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j) x(i, j) = std::sqrt((i * i * (j + 3) + 7 * i * j + 1) % 1009);
  return x;
}

TEST(Trustworthiness, IsThatOfScikitLearn) {
  const auto expected = testing::reference("trustworthiness")["values"];
  const RowMatrix<double> x = reference_points();
  for (const int threads : {1, 3})
    for (const Index columns : {1, 2, 4, 6})
      for (const Index k : {1, 5, 30}) {
        testing::Host host({.threads = threads});
        const RowMatrix<double> kept = x.leftCols(columns);
        EXPECT_NEAR(trustworthiness(host.context(), ConstArray(x), ConstArray(kept), k),
                    expected[text("{},{}", columns, k)].get<double>(), 1e-12)
            << columns << " columns, k " << k;
      }
}

TEST(Trustworthiness, CountsByHand) {
  // On a line, and an embedding that puts the last beside the first. Neighbours there: 4, 2, 3, 2, 0; their ranks on
  // the line: 4, 2, 3, 1, 4, which is 3 + 1 + 2 + 0 + 3 too many. 1 − 2/(5·(10 − 3 − 1))·9 = 0.4.
  const RowMatrix<double> line{{0}, {1}, {3}, {7}, {15}}, embedded{{0}, {1}, {1.9}, {2.7}, {-0.1}};
  testing::Host host;
  EXPECT_NEAR(trustworthiness(host.context(), ConstArray(line), ConstArray(embedded), 1), 0.4, 1e-15);
}

TEST(Trustworthiness, SaysWhatIsWrong) {
  testing::Host host;
  const RowMatrix<double> x = RowMatrix<double>::Zero(10, 2), fewer = x.topRows(9);
  EXPECT_THAT(
      [&] { trustworthiness(host.context(), ConstArray(x), ConstArray(x), 5); },
      ThrowsMessage<InputError>(HasSubstr("5 neighbours of 10 examples: must be at least 1 and less than half")));
  EXPECT_THAT([&] { trustworthiness(host.context(), ConstArray(x), ConstArray(fewer), 2); },
              ThrowsMessage<InputError>(HasSubstr("the same 10 examples, got one of 9")));
}

}  // namespace
}  // namespace shoal::kernels
