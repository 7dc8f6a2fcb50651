// The number itself is tested at shoal/kernels/trustworthiness.h.
#include <gmock/gmock.h>

#include <limits>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

double measure(const RowMatrix<double>& features, const RowMatrix<double>& embedding, int n_neighbors) {
  shoal::testing::Host host({.threads = 2});
  const shoal::testing::Made metric(host.context(), "metric/trustworthiness", {{"n_neighbors", n_neighbors}});
  return shoal::testing::measure(host.context(), metric.object(),
                                 {{"features", ConstArray(features)}, {"embedding", ConstArray(embedding)}})
      .numbers.at("trustworthiness");
}

TEST(Trustworthiness, IsOneForAnEmbeddingThatKeepsNeighboursAndLessForOneThatMixesThem) {
  const RowMatrix<double> line{{0}, {1}, {3}, {7}, {15}}, scaled = line * 2, mixed{{0}, {1}, {1.9}, {2.7}, {-0.1}};
  EXPECT_DOUBLE_EQ(measure(line, scaled, 2), 1);
  EXPECT_NEAR(measure(line, mixed, 1), 0.4, 1e-15);  // by hand, see the kernel's test
}

TEST(Trustworthiness, SaysWhatIsWrong) {
  RowMatrix<double> line{{0}, {1}, {3}, {7}, {15}};
  const RowMatrix<double> four = line.topRows(4);
  EXPECT_THAT([&] { measure(line, line, 3); }, ThrowsMessage<shoal::InputError>(HasSubstr("less than half")));
  EXPECT_THAT([&] { measure(line, four, 1); },
              ThrowsMessage<shoal::InputError>(HasSubstr("the same 5 examples, got one of 4")));
  line(2, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT([&] { measure(line, line, 1); }, ThrowsMessage<shoal::InputError>(HasSubstr("NaN at row 2")));
}

TEST(Trustworthiness, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  const RowMatrix<double> line{{0}, {1}, {3}, {7}, {15}, {16}, {19}, {25}};
  EXPECT_THAT([&] { measure(x, line, 1); },
              ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
  EXPECT_THAT([&] { measure(line, x, 1); },
              ThrowsMessage<shoal::InputError>(HasSubstr("embeddings hold 1e+200 at row 3, column 0")));
}

}  // namespace
