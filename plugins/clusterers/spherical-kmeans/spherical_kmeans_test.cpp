#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "../../../tests/reference/reference.h"
#include "directions.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/seeding.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::centroids_of;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using shoal::testing::values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/spherical-kmeans", given, input);
}

/// The points of tests/reference/spherical_kmeans.py.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(600, 5);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j)
      x(i, j) = (static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 - 2 + (i % 4 == j ? 2.5 : 0)) *
                static_cast<double>(1 + i % 7);
  return x;
}

TEST(SphericalKMeans, IsThatOfPlainNumPyFromTheSameRows) {
  const auto reference = shoal::testing::reference("spherical_kmeans");
  ASSERT_EQ(reference["cases"].size(), 3U);
  const RowMatrix<double> x = reference_points();
  for (const auto& c : reference["cases"]) {
    const Index k = c["k"];
    SCOPED_TRACE(k);
    const RowMatrix<double> init = 3 * x.topRows(k);  // of any length
    std::vector<double> weights;
    for (Index i = 0; i < x.rows(); ++i) weights.push_back(c["weighted"] ? static_cast<double>(i % 3 + 1) : 1.0);
    Host host({.threads = 2});
    const auto found = fit(host, {{"k", static_cast<int>(k)}, {"tol", 0.0}},
                           {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
    EXPECT_EQ(found.iterations, c["iterations"].get<Index>());
    EXPECT_TRUE(found.converged);
    std::string labels;
    for (const Index label : values(found.labels)) labels += "0123456789abcdef"[label];
    EXPECT_EQ(labels, c["labels"]);
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < 5; ++j) EXPECT_NEAR(centroids_of(found)(i, j), c["centroids"][i][j].get<double>(), 1e-12);
    EXPECT_EQ(host.scalars().back().name, "cosine");
    EXPECT_NEAR(host.scalars().back().value, c["cosine"].get<double>(), 1e-12);
  }
}

// Along 0°, 90°: (3, 0), (1, 0) and (0, 1), (0, 9). By length, (0, 9) would be alone.
TEST(SphericalKMeans, LooksAtAnglesAndNotAtLengths) {
  const RowMatrix<double> x{{3, 0}, {1, 0}, {0, 1}, {0, 9}};
  Host host;
  const auto found = fit(host, {{"k", 2}}, {.features = ConstArray(x)});
  const auto labels = values(found.labels);
  EXPECT_EQ(labels[0], labels[1]);
  EXPECT_EQ(labels[2], labels[3]);
  EXPECT_NE(labels[0], labels[2]);
  EXPECT_DOUBLE_EQ(host.scalars().back().value, 1);
  // One centroid lies in the middle, 45° from all: its cosine is 1/√2.
  const auto one = fit(host, {{"k", 1}}, {.features = ConstArray(x)});
  EXPECT_TRUE(centroids_of(one).isApprox(RowMatrix<double>{{std::sqrt(0.5), std::sqrt(0.5)}}, 1e-15));
  EXPECT_NEAR(host.scalars().back().value, std::sqrt(0.5), 1e-15);
}

TEST(SphericalKMeans, DoesNotChangeWithTheScaleOfARow) {
  const RowMatrix<double> x = normal_points(1, 400, 6);
  RowMatrix<double> scaled = x;
  for (Index i = 0; i < x.rows(); ++i) scaled.row(i) *= std::ldexp(1.0, static_cast<int>(i % 1900) * 5 - 1000);
  for (const int k : {2, 9}) {
    Host host;
    const auto plain = fit(host, {{"k", k}}, {.features = ConstArray(x)});
    const auto of_scaled = fit(host, {{"k", k}}, {.features = ConstArray(scaled)});
    EXPECT_EQ(values(of_scaled.labels), values(plain.labels));
    EXPECT_EQ(centroids_of(of_scaled), centroids_of(plain));
    EXPECT_TRUE(centroids_of(plain).rowwise().norm().isApproxToConstant(1, 1e-15));
  }
}

TEST(SphericalKMeans, NamesTheFirstRowThatHasNoDirectionForAnyNumberOfThreads) {
  RowMatrix<double> x = normal_points(2, 4096, 64);
  for (Index row = 511; row < 4096; ++row) x.row(row).setZero();  // the second block of 512 rows begins with one
  for (const int threads : {1, 2, 4}) {
    Host host({.threads = threads});
    for (int time = 0; time < 20; ++time)
      EXPECT_THAT(
          [&] {
            fit(host, {{"k", 2}}, {.features = ConstArray(x)});
          },
          ThrowsMessage<shoal::InputError>("row 511 of the features is all zeros: it has no direction"));
  }
}

TEST(SphericalKMeans, NamesTheRowThatHasNoDirection) {
  RowMatrix<float> x = normal_points(2, 30, 3).cast<float>();
  x.row(17).setZero();
  const RowMatrix<float> good = x.topRows(5);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 2}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("row 17 of the features is all zeros: it has no direction"));
  const RowMatrix<double> init{{1, 0, 0}, {0, 0, 0}};
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 2}}, {.features = ConstArray(good), .init = ConstArray(init)});
      },
      ThrowsMessage<shoal::InputError>("row 1 of the initial centroids is all zeros: it has no direction"));
  const Made made(host.context(), "clusterer/spherical-kmeans", {{"k", 2}});
  std::vector<Index> labels(30);
  const auto predict = [&] {
    shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels));
  };
  EXPECT_THAT(predict, ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(good)});
  EXPECT_THAT(predict, ThrowsMessage<shoal::InputError>(HasSubstr("row 17")));
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 6}}, {.features = ConstArray(good)});
      },
      ThrowsMessage<shoal::InputError>("k is 6 but there are only 5 examples"));
}

TEST(SphericalKMeans, LeavesACentroidWhereItsRowsCancel) {  // two opposite rows: their mean has no direction
  const RowMatrix<double> x{{0, 2}, {0, -2}};
  const RowMatrix<double> init{{1, 0}};
  Host host;
  const auto found = fit(host, {{"k", 1}}, {.features = ConstArray(x), .init = ConstArray(init)});
  EXPECT_EQ(centroids_of(found), init);
  EXPECT_EQ(host.scalars().back().value, 0);
}

TEST(SphericalKMeans, IsTheSameForAnyNumberOfThreadsAndEveryDtype) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(3, 3000, 20).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  Host one;
  const auto expected = fit(one, {{"k", 30}}, {.features = ConstArray(doubles)});
  for (const int threads : {1, 2, 3})
    for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
      Host host({.threads = threads});
      const auto found = fit(host, {{"k", 30}}, {.features = x});
      EXPECT_EQ(values(found.labels), values(expected.labels));
      EXPECT_EQ(centroids_of(found), centroids_of(expected));
    }
}

TEST(SphericalKMeans, TreatsWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(4, 60, 3);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 60; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  const RowMatrix<double> repeated = shoal::kernels::take_rows(ConstArray(x), source), init = x.topRows(5);
  Host host;
  const auto weighted =
      fit(host, {{"k", 5}}, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
  const auto plain = fit(host, {{"k", 5}}, {.features = ConstArray(repeated), .init = ConstArray(init)});
  for (std::size_t r = 0; r < source.size(); ++r)
    EXPECT_EQ(values(weighted.labels)[static_cast<std::size_t>(source[r])], values(plain.labels)[r]);
  EXPECT_TRUE(centroids_of(weighted).isApprox(centroids_of(plain), 1e-12));
}

TEST(SphericalKMeans, KeepsTheBestOfItsStarts) {
  const RowMatrix<double> x = normal_points(5, 400, 3);
  Host host({.seed = 3});
  const auto cosine = [&](const Given& given) {
    fit(host, given, {.features = ConstArray(x)});
    return host.scalars().back().value;
  };
  for (const char* init : {"k-means++", "random"})
    EXPECT_GT(cosine({{"k", 20}, {"init", init}, {"n_init", 10}}), cosine({{"k", 20}, {"init", init}, {"n_init", 1}}));
}

TEST(SphericalKMeans, EndsWithFewerDirectionsThanClusters) {  // 20 rows along 4 directions
  RowMatrix<double> x(20, 2);
  for (Index i = 0; i < 20; ++i) {
    const double angle = static_cast<double>(i % 4);
    x.row(i) << std::cos(angle), std::sin(angle);
    x.row(i) *= std::ldexp(1.0, static_cast<int>(i / 4));
  }
  Host host;
  const auto found = fit(host, {{"k", 6}}, {.features = ConstArray(x)});
  const auto labels = values(found.labels);
  EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 4U);
  EXPECT_EQ(host.log().back().text, "k is 6 but only 4 rows differ: 2 clusters are empty");
}

TEST(SphericalKMeans, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = normal_points(6, 2000, 10).cast<float>();
  for (const int max_iter : {1, 2, 300}) {
    const Given given{{"k", 12}, {"max_iter", max_iter}};
    Host host;
    const Made made(host.context(), "clusterer/spherical-kmeans", given),
        other(host.context(), "clusterer/spherical-kmeans", given),
        wrong(host.context(), "clusterer/spherical-kmeans", {{"k", 13}});
    const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)});
    const shoal::testing::SavedState saved(host.context(), made.object());
    saved.load_into(other.object());
    for (const Made* each : {&made, &other}) {
      std::vector<Index> again(2000);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    EXPECT_THAT([&] { saved.load_into(wrong.object()); },
                ThrowsMessage<shoal::InputError>("k is 13 but the saved state has 12 centroids"));
  }
}

TEST(SphericalKMeans, StopsWhenTheUserDoes) {
  const RowMatrix<double> x = normal_points(7, 200, 3);
  Host hasty({.cancel_after = 1});
  EXPECT_THROW(fit(hasty, {{"k", 20}, {"tol", 0.0}}, {.features = ConstArray(x)}), shoal::Cancelled);
}

TEST(SphericalKMeans, GroupsNumbersWhoseSquaresAreInfinite) {  // by hand: those above 0 and those below
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  Host host;
  const auto found = fit(host, {{"k", 2}, {"n_init", 3}}, {.features = ConstArray(x)});
  const auto labels = found.labels.view().vector<Index>();
  for (Index i = 0; i < 8; ++i) EXPECT_EQ(labels[static_cast<std::size_t>(i)] == labels[0], x(i, 0) > 0) << i;
}

}  // namespace
