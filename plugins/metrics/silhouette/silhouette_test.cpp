// The definition itself is tested at shoal/kernels/silhouette.h.
#include <gmock/gmock.h>

#include <limits>

#include "../../../tests/reference/separation.h"
#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using shoal::testing::Made;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

shoal::testing::Measured compute(shoal::testing::Host& host, ConstArray features, const Labels& labels,
                                 const std::map<std::string, Made::Value>& given = {}) {
  const Made metric(host.context(), "metric/silhouette", given);
  return shoal::testing::measure(host.context(), metric.object(),
                                 {{"features", features}, {"labels", ConstArray(labels)}});
}

TEST(Silhouette, IsThatOfScikitLearn) {
  const auto reference = shoal::testing::reference("separation");
  ASSERT_EQ(reference["cases"].size(), 4u);
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(c["columns"]);
    const auto [points, labels] = shoal::testing::separation_case(c);
    shoal::testing::Host host({.threads = 2});
    const auto found = compute(host, ConstArray(points), labels);
    EXPECT_NEAR(found.numbers.at("silhouette"), c["silhouette"].get<double>(), 1e-12);
    EXPECT_NEAR(found.arrays.at("by_cluster").view().vector<double>()[0], c["silhouette_of_cluster_0"].get<double>(),
                1e-12);
    EXPECT_EQ(found.numbers.at("rows"), 400);
  }
}

TEST(Silhouette, LeavesNoiseOutAndCountsIt) {
  auto [points, labels] = shoal::testing::separation_case({{"columns", 4}, {"clusters", 3}});
  RowMatrix<double> kept(300, 4);
  Labels kept_labels;
  for (shoal::Index i = 0; i < 400; ++i) {
    if (i % 4 == 1) {
      labels[static_cast<std::size_t>(i)] = -1;
      continue;
    }
    kept.row(static_cast<shoal::Index>(kept_labels.size())) = points.row(i);
    kept_labels.push_back(labels[static_cast<std::size_t>(i)]);
  }
  shoal::testing::Host host;
  for (const char* method : {"full", "simplified"}) {
    const auto found = compute(host, ConstArray(points), labels, {{"method", method}});
    EXPECT_EQ(found.numbers.at("silhouette"),
              compute(host, ConstArray(kept), kept_labels, {{"method", method}}).numbers.at("silhouette"));
    EXPECT_EQ(found.numbers.at("noise"), 100);
    EXPECT_EQ(found.numbers.at("rows"), 300);
  }
}

TEST(Silhouette, OfASampleSaysHowManyRowsItWasAndIsNearTheWhole) {
  const auto [points, labels] = shoal::testing::separation_case({{"columns", 9}, {"clusters", 7}});
  shoal::testing::Host host({.threads = 2, .seed = 3}), again({.threads = 1, .seed = 3}), other({.seed = 4});
  const double whole = compute(host, ConstArray(points), labels).numbers.at("silhouette");
  const auto found = compute(host, ConstArray(points), labels, {{"sample", 200}});
  EXPECT_EQ(found.numbers.at("rows"), 200);
  EXPECT_NE(found.numbers.at("silhouette"), whole);
  EXPECT_NEAR(found.numbers.at("silhouette"), whole, 0.05);
  EXPECT_EQ(compute(again, ConstArray(points), labels, {{"sample", 200}}).numbers.at("silhouette"),
            found.numbers.at("silhouette"));
  EXPECT_NE(compute(other, ConstArray(points), labels, {{"sample", 200}}).numbers.at("silhouette"),
            found.numbers.at("silhouette"));
  EXPECT_EQ(compute(host, ConstArray(points), labels, {{"sample", 4000}}).numbers.at("silhouette"), whole);
}

TEST(Silhouette, TakesBytesAndFloat32AsTheNumbersTheyAre) {
  RowMatrix<std::uint8_t> bytes(60, 3);
  Labels labels;
  for (shoal::Index i = 0; i < 60; ++i) {
    bytes.row(i) << i * 7 % 50, 100 * (i % 2), i % 11;
    labels.push_back(i % 2);
  }
  const RowMatrix<float> single = bytes.cast<float>();
  const RowMatrix<double> wide = bytes.cast<double>();
  shoal::testing::Host host;
  const double expected = compute(host, ConstArray(wide), labels).numbers.at("silhouette");
  EXPECT_EQ(compute(host, ConstArray(bytes), labels).numbers.at("silhouette"), expected);
  EXPECT_EQ(compute(host, ConstArray(single), labels).numbers.at("silhouette"), expected);
}

TEST(Silhouette, SaysWhatIsWrong) {
  shoal::testing::Host host;
  RowMatrix<double> points{{0}, {1}, {2}};
  EXPECT_THAT(
      [&] {
        compute(host, ConstArray(points), Labels{-1, -1, -1});
      },
      ThrowsMessage<shoal::InputError>(
          HasSubstr("at least 2 clusters, but the labels have 0 (3 of 3 examples are noise)")));
  points(1, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        compute(host, ConstArray(points), Labels{0, 0, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("NaN at row 1")));
}

TEST(Silhouette, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  const Labels labels{0, 0, 0, 1, 1, 1, 0, 0};
  shoal::testing::Host host;
  for (const char* method : {"full", "simplified"})
    EXPECT_THAT(
        [&] {
          compute(host, ConstArray(x), labels, {{"method", method}});
        },
        ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
