#include "../../../tests/reference/separation.h"

#include <gmock/gmock.h>

#include <limits>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

shoal::testing::Measured compute(int threads, ConstArray features, const Labels& labels) {
  shoal::testing::Host host({.threads = threads});
  const shoal::testing::Made metric(host.context(), "metric/separation");
  return shoal::testing::measure(host.context(), metric.object(),
                                 {{"features", features}, {"labels", ConstArray(labels)}});
}

TEST(Separation, IsThatOfScikitLearn) {
  const auto reference = shoal::testing::reference("separation");
  ASSERT_EQ(reference["cases"].size(), 4u);
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(c["columns"]);
    const auto [points, labels] = shoal::testing::separation_case(c);
    const auto found = compute(2, ConstArray(points), labels);
    const double ch = c["calinski_harabasz"].get<double>(), db = c["davies_bouldin"].get<double>();
    EXPECT_NEAR(found.numbers.at("calinski_harabasz"), ch, 1e-12 * ch);
    EXPECT_NEAR(found.numbers.at("davies_bouldin"), db, 1e-12 * db);
    EXPECT_EQ(compute(1, ConstArray(points), labels).numbers, found.numbers);
    EXPECT_EQ(compute(5, ConstArray(points), labels).numbers, found.numbers);
  }
}

TEST(Separation, IsAsByHandWithoutTheNoise) {
  // Means 1 and 12, widths 1 and 2, middle 6.5: B = 4 · 5.5², W = 2 · 1 + 2 · 4; DB = 3 / 11 for both.
  const RowMatrix<float> x{{0}, {2}, {50}, {10}, {14}};
  const auto found = compute(1, ConstArray(x), {5, 5, -1, 8, 8});
  EXPECT_DOUBLE_EQ(found.numbers.at("calinski_harabasz"), 121.0 / (10.0 / 2));
  EXPECT_DOUBLE_EQ(found.numbers.at("davies_bouldin"), 3.0 / 11);
  EXPECT_EQ(found.numbers.at("noise"), 1);
}

TEST(Separation, HasLimitsWhereClustersArePointsOrHaveOneMean) {
  const RowMatrix<double> points{{0}, {0}, {3}, {3}}, crossed{{-1}, {1}, {-2}, {2}};
  EXPECT_EQ(compute(1, ConstArray(points), {0, 0, 1, 1}).numbers.at("davies_bouldin"), 0);
  EXPECT_EQ(compute(1, ConstArray(points), {0, 0, 1, 1}).numbers.at("calinski_harabasz"), 1);
  EXPECT_EQ(compute(1, ConstArray(crossed), {0, 0, 1, 1}).numbers.at("calinski_harabasz"), 0);
  EXPECT_EQ(compute(1, ConstArray(crossed), {0, 0, 1, 1}).numbers.at("davies_bouldin"),
            std::numeric_limits<double>::infinity());
}

TEST(Separation, SaysWhatIsWrong) {
  RowMatrix<double> points{{0}, {1}, {2}};
  EXPECT_THAT(
      [&] {
        compute(1, ConstArray(points), {0, 0, 0});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("at least 2 clusters, but the labels have 1")));
  EXPECT_THAT(
      [&] {
        compute(1, ConstArray(points), {0, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("of 3 examples, but 'labels' of 2")));
  points(2, 0) = std::numeric_limits<double>::infinity();
  EXPECT_THAT(
      [&] {
        compute(1, ConstArray(points), {0, 0, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("an infinity at row 2")));
}

TEST(Separation, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  EXPECT_THAT(
      [&] {
        compute(1, ConstArray(x), {0, 0, 0, 1, 1, 1, 0, 0});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
