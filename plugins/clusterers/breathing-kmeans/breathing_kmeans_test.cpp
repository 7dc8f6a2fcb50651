#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "breathe.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
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
  return shoal::testing::fit(host, "clusterer/breathing-kmeans", given, input);
}

double inertia_of(Host& host, const RowMatrix<double>& x, const shoal::Clustering& found) {
  return shoal::kernels::inertia(host.context(), ConstArray(x), *found.centroids, found.labels.view().vector<Index>());
}

/// Fritzke's figure 1 in small: 25 tight groups on a grid, of which k-means++ misses some.
RowMatrix<double> grid() {
  RowMatrix<double> x = normal_points(1, 1000, 2, 0.01);
  for (Index i = 0; i < 1000; ++i) x(i, 0) += static_cast<double>(i % 5), x(i, 1) += static_cast<double>(i / 5 % 5);
  return x;
}

// Each group about its own mean: the best inertia there is.
double inertia_of_grid(const RowMatrix<double>& x) {
  double out = 0;
  for (Index group = 0; group < 25; ++group) {
    RowMatrix<double> rows(40, 2);
    for (Index i = 0; i < 40; ++i) rows.row(i) = x.row(group + 25 * i);
    out += (rows.rowwise() - Eigen::RowVectorXd(rows.colwise().mean())).squaredNorm();
  }
  return out;
}

TEST(BreathingKMeans, FindsTheOptimumThatKMeansMisses) {
  const RowMatrix<double> x = grid();
  const double best = inertia_of_grid(x);
  RowMatrix<double> bad(25, 2);  // all in one corner
  for (Index i = 0; i < 25; ++i) bad.row(i) << 0.01 * static_cast<double>(i % 5), 0.01 * static_cast<double>(i / 5);
  Host host({.threads = 2});
  const auto plain = fit(host, {{"k", 25}, {"m", 0}}, {.features = ConstArray(x), .init = ConstArray(bad)});
  EXPECT_GT(inertia_of(host, x, plain), 20 * best);
  const auto found = fit(host, {{"k", 25}}, {.features = ConstArray(x), .init = ConstArray(bad)});
  EXPECT_NEAR(inertia_of(host, x, found), best, 1e-9 * best);
  EXPECT_GT(found.iterations, plain.iterations);
}

TEST(BreathingKMeans, NeverEndsAboveItsStart) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const RowMatrix<double> x = normal_points(seed, 400, 3);
    Host host({.seed = seed});
    const auto found = fit(host, {{"k", 20}, {"tol", 0.0}}, {.features = ConstArray(x)});
    ASSERT_GE(host.scalars().size(), 6U);  // m falls from 5 to 0, by one for each breath that gains nothing
    std::vector<double> history;
    for (const auto& scalar : host.scalars()) history.push_back(scalar.value);
    EXPECT_EQ(host.scalars()[0].name, "inertia_of_breath");
    const double least = *std::min_element(history.begin(), history.end());
    EXPECT_LE(least, history.front());
    EXPECT_NEAR(inertia_of(host, x, found), least, 1e-12 * least);
    EXPECT_EQ(centroids_of(found).rows(), 20);
  }
}

// Rows 0, 1 | 10 | 20, 22 under centroids 0.4, 10, 21. By hand: utility of the first (9.6² − 0.16) + (9² − 0.36) =
// 172.64, of the second (9.6² − 0) = 92.16, of the third (10² − 1) + (12² − 1) = 242. Error: 0.52, 0, 2.
TEST(BreathingKMeans, WeighsErrorsAndUtilities) {
  const RowMatrix<double> x{{0}, {1}, {10}, {20}, {22}};
  const RowMatrix<double> centroids{{0.4}, {10}, {21}};
  Host host;
  EXPECT_THAT(least_useful(host.context(), ConstArray(x), {}, centroids, 1), ElementsAre(1));
  // The second goes first, and its nearest neighbour 0.4 may not follow: so the third does.
  EXPECT_THAT(least_useful(host.context(), ConstArray(x), {}, centroids, 2), ElementsAre(1, 2));
  const std::vector<double> weights{1, 1, 9, 1, 1};  // 829.44 for the second
  EXPECT_THAT(least_useful(host.context(), ConstArray(x), weights, centroids, 1), ElementsAre(0));
  const std::vector<Index> labels{0, 0, 1, 2, 2};
  const shoal::kernels::Clusters clusters{.centroids = centroids, .labels = host.context().copy(labels)};
  const auto plain = errors(host.context(), ConstArray(x), {}, clusters);
  EXPECT_DOUBLE_EQ(plain[0], 0.52);
  EXPECT_DOUBLE_EQ(plain[1], 0);
  EXPECT_DOUBLE_EQ(plain[2], 2);
  EXPECT_DOUBLE_EQ(errors(host.context(), ConstArray(x), std::vector<double>{1, 1, 9, 1, 5}, clusters)[2], 6);
}

TEST(BreathingKMeans, IsTheSameForAnyNumberOfThreadsAndEveryDtype) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(3, 2000, 12).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  Host one;
  const auto expected = fit(one, {{"k", 20}}, {.features = ConstArray(doubles)});
  for (const int threads : {1, 2, 3})
    for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
      Host host({.threads = threads});
      const auto found = fit(host, {{"k", 20}}, {.features = x});
      EXPECT_EQ(values(found.labels), values(expected.labels));
      EXPECT_EQ(centroids_of(found), centroids_of(expected));
      EXPECT_EQ(found.iterations, expected.iterations);
    }
}

TEST(BreathingKMeans, TreatsWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(4, 90, 2);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 90; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  const RowMatrix<double> repeated = shoal::kernels::take_rows(ConstArray(x), source), init = x.topRows(5);
  Host host;
  const auto weighted =
      fit(host, {{"k", 5}}, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
  const auto plain = fit(host, {{"k", 5}}, {.features = ConstArray(repeated), .init = ConstArray(init)});
  EXPECT_EQ(weighted.iterations, plain.iterations);
  EXPECT_TRUE(centroids_of(weighted).isApprox(centroids_of(plain), 1e-10));
}

TEST(BreathingKMeans, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = normal_points(5, 1000, 6).cast<float>();
  for (const int m : {0, 3}) {
    const Given given{{"k", 9}, {"m", m}};
    Host host;
    const Made made(host.context(), "clusterer/breathing-kmeans", given),
        other(host.context(), "clusterer/breathing-kmeans", given),
        wrong(host.context(), "clusterer/breathing-kmeans", {{"k", 8}});
    const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)});
    const shoal::testing::SavedState saved(host.context(), made.object());
    saved.load_into(other.object());
    for (const Made* each : {&made, &other}) {
      std::vector<Index> again(1000);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    EXPECT_THAT([&] { saved.load_into(wrong.object()); },
                ThrowsMessage<shoal::InputError>("k is 8 but the saved state has 9 centroids"));
  }
}

TEST(BreathingKMeans, EndsForEveryK) {
  const RowMatrix<double> x = normal_points(6, 12, 2);
  for (const int k : {1, 2, 3, 11, 12}) {
    Host host;
    const auto found = fit(host, {{"k", k}}, {.features = ConstArray(x)});
    const auto labels = values(found.labels);
    EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), static_cast<std::size_t>(k));
  }
  RowMatrix<double> repeated(30, 1);
  for (Index i = 0; i < 30; ++i) repeated(i, 0) = static_cast<double>(i % 5);
  Host host;
  const auto found = fit(host, {{"k", 8}}, {.features = ConstArray(repeated)});
  EXPECT_EQ(inertia_of(host, repeated, found), 0);
  EXPECT_EQ(host.log().back().text, "k is 8 but only 5 rows differ: 3 clusters are empty");
}

TEST(BreathingKMeans, SaysWhatIsWrongAndStopsWhenTheUserDoes) {
  const RowMatrix<double> x = normal_points(9, 50, 2);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 51}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("k is 51 but there are only 50 examples"));
  const Made made(host.context(), "clusterer/breathing-kmeans");
  std::vector<Index> labels(50);
  EXPECT_THAT(
      [&] { shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)); },
      ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  Host hasty({.cancel_after = 15});
  EXPECT_THROW(fit(hasty, {{"k", 20}, {"tol", 0.0}}, {.features = ConstArray(x)}), shoal::Cancelled);
}

TEST(BreathingKMeans, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/breathing-kmeans", {{{"k", 2}}, {{"k", 3}, {"n_init", 2}}});
}

}  // namespace
