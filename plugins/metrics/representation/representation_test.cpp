#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

shoal::testing::Measured compute(const std::map<std::string, ConstArray>& wired) {
  shoal::testing::Host host;
  const shoal::testing::Made metric(host.context(), "metric/representation", {{"pairs", 10}});
  return shoal::testing::measure(host.context(), metric.object(), wired);
}

const RowMatrix<float> kPoles{{5, 0}, {-3, 0}};

TEST(Representation, MeasuresAnEmbeddingAlone) {
  const auto found = compute({{"features", ConstArray(kPoles)}});
  EXPECT_NEAR(found.numbers.at("rank_me"), 1, 1e-4);
  EXPECT_NEAR(found.numbers.at("embedding_std"), std::sqrt(2.0) / 2, 1e-12);
  EXPECT_NEAR(found.numbers.at("uniformity"), -8, 1e-12);
  EXPECT_FALSE(found.numbers.contains("alignment"));
}

TEST(Representation, MeasuresItsAlignmentWithAnotherView) {
  const RowMatrix<double> positives{{1, 0}, {0, 1}};  // the same direction, and a right angle: squares 0 and 2
  EXPECT_NEAR(compute({{"features", ConstArray(kPoles)}, {"positives", ConstArray(positives)}}).numbers.at("alignment"),
              1, 1e-12);
}

TEST(Representation, RefusesViewsOfOtherExamples) {
  const RowMatrix<double> three{{1, 0}, {0, 1}, {1, 1}};
  EXPECT_THAT(
      [&] {
        compute({{"features", ConstArray(kPoles)}, {"positives", ConstArray(three)}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("must have one shape, but are (2, 2) and (3, 2)")));
}

TEST(Representation, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  EXPECT_THAT(
      [&] {
        compute({{"features", ConstArray(x)}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
