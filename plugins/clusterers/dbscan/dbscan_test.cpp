#include "dbscan.h"

#include <gmock/gmock.h>

#include <map>

#include "../../../tests/reference/density_points.h"
#include "grid.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/within_cluster.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::density_points;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::values;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<Index>;

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/dbscan", given, input);
}

TEST(Dbscan, HasTheLabelsOfScikitLearn) {
  const auto reference = shoal::testing::reference("dbscan");
  ASSERT_EQ(reference["cases"].size(), 8u);
  for (const auto& c : reference["cases"]) {
    const Index n = c["n"].get<Index>(), columns = c["columns"].get<Index>();
    SCOPED_TRACE(::testing::Message() << columns << " columns, eps " << c["eps"]);
    const RowMatrix<double> points = density_points(n, columns);
    std::vector<double> weights;
    for (Index i = 0; i < n && c["weighted"].get<bool>(); ++i) weights.push_back(static_cast<double>(i % 4));
    const DbscanOptions options{.eps = c["eps"].get<double>(), .min_weight = c["min_samples"].get<double>()};
    const auto labels = c["labels"].get<Labels>();
    for (const int threads : {1, 2, 5}) {
      Host host({.threads = threads});
      const Dbscan found = dbscan_on_pairs(host.context(), ConstArray(points), weights, options);
      EXPECT_EQ(found.labels, labels);
      EXPECT_EQ(found.core.size(), c["core"].get<std::size_t>());
      const auto on_grid = dbscan_on_grid(host.context(), ConstArray(points), weights, options);
      ASSERT_EQ(on_grid.has_value(), columns <= kGridColumns);
      if (!on_grid) continue;
      EXPECT_EQ(on_grid->labels, labels);
      EXPECT_EQ(on_grid->core, found.core);
    }
  }
}

TEST(Dbscan, IsTheSameOnTheGridAndOnPairs) {
  Host host({.threads = 3});
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    const Index columns = 1 + static_cast<Index>(seed % 3);
    RowMatrix<double> points = shoal::testing::normal_points(seed, 400, columns);
    if (seed % 2 == 0)
      points = (points * 8).array().round() / 8;  // on a lattice, where many pairs are exactly eps apart
    const DbscanOptions options{.eps = 0.125 * static_cast<double>(1 + seed % 4),
                                .min_weight = 4.0 + static_cast<double>(seed % 5)};
    const auto on_grid = dbscan_on_grid(host.context(), ConstArray(points), {}, options);
    ASSERT_TRUE(on_grid);
    EXPECT_EQ(on_grid->labels, dbscan_on_pairs(host.context(), ConstArray(points), {}, options).labels);
  }
}

TEST(Dbscan, GivesABorderExampleToTheFirstClusterThatReachesIt) {
  // Rows 0 to 3 and 5 to 8 are core; row 4 is one away from both, but has only two others within reach.
  const RowMatrix<double> points{{5}, {5.2}, {5.4}, {4.8}, {3.8}, {2.8}, {2.6}, {2.4}, {2.2}};
  Host host;
  const auto found = fit(host, {{"eps", 1.0}, {"min_samples", 4}}, {.features = ConstArray(points)});
  EXPECT_THAT(values(found.labels), ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_EQ(found.clusters, 2);
  EXPECT_FALSE(found.centroids);
}

TEST(Dbscan, FindsNoClusterWhereAllIsNoise) {
  const RowMatrix<float> points{{0, 0, 0, 0}, {9, 0, 0, 0}, {0, 9, 0, 0}};
  Host host;
  const Made made(host.context(), "clusterer/dbscan");
  shoal::ClustererProxy clusterer(made.object());
  const auto found = clusterer.fit(host.context(), {.features = ConstArray(points)});
  EXPECT_THAT(values(found.labels), Each(-1));
  EXPECT_EQ(found.clusters, 0);
  EXPECT_THAT(host.log().back().text, HasSubstr("all examples are noise"));
  // What the host does with it, and what a measure of agreement does.
  EXPECT_EQ(shoal::kernels::within_cluster_sum(host.context(), ConstArray(points), values(found.labels), 0), 0);
  Labels labels(3, 7);
  clusterer.predict(host.context(), ConstArray(points), shoal::MutableArray(labels));
  EXPECT_THAT(labels, Each(-1));
  const Made loaded(host.context(), "clusterer/dbscan");
  shoal::testing::SavedState(host.context(), made.object()).load_into(loaded.object());
  labels.assign(3, 7);
  shoal::ClustererProxy(loaded.object()).predict(host.context(), ConstArray(points), shoal::MutableArray(labels));
  EXPECT_THAT(labels, Each(-1));
}

TEST(Dbscan, CountsWeightsAsRepetitions) {
  const RowMatrix<double> points{{0}, {0.1}, {3}, {3.1}};
  const std::vector<double> weights{4, 1, 3, 1};
  Host host;
  const Labels found = values(fit(host, {}, {.features = ConstArray(points), .weights = ConstArray(weights)}).labels);
  EXPECT_THAT(found, ElementsAre(0, 0, -1, -1));
}

TEST(Dbscan, PredictsTheClusterOfTheNearestCoreExampleWithinEps) {
  const RowMatrix<double> points = density_points(900, 6);
  Host host({.threads = 2});
  const Made made(host.context(), "clusterer/dbscan", {{"eps", 0.22}, {"min_samples", 6}});
  shoal::ClustererProxy clusterer(made.object());
  const Labels fitted = values(clusterer.fit(host.context(), {.features = ConstArray(points)}).labels);
  Labels labels(900);
  clusterer.predict(host.context(), ConstArray(points), shoal::MutableArray(labels));
  EXPECT_EQ(labels, fitted);  // no example of these lies between two clusters

  const RowMatrix<double> near = points.topRows(30).array() + 1e-3, far = points.topRows(30).array() + 100;
  labels.resize(30);
  clusterer.predict(host.context(), ConstArray(far), shoal::MutableArray(labels));
  EXPECT_THAT(labels, Each(-1));
  const Made loaded(host.context(), "clusterer/dbscan", {{"eps", 0.22}, {"min_samples", 6}});
  shoal::testing::SavedState(host.context(), made.object()).load_into(loaded.object());
  shoal::ClustererProxy(loaded.object()).predict(host.context(), ConstArray(near), shoal::MutableArray(labels));
  EXPECT_EQ(labels[3], fitted[3]);
  EXPECT_GE(labels[3], 0);
}

TEST(Dbscan, TakesBytesAndFloat32AsTheNumbersTheyAre) {
  for (const Index columns : {2, 5}) {
    RowMatrix<std::uint8_t> bytes(300, columns);
    for (Index i = 0; i < 300; ++i)
      for (Index j = 0; j < columns; ++j)
        bytes(i, j) = static_cast<std::uint8_t>((i % 3) * 70 + (i * (j + 5) + i * i) % 31);
    const RowMatrix<float> single = bytes.cast<float>();
    const RowMatrix<double> wide = bytes.cast<double>();
    Host host({.threads = 2});
    const Given given{{"eps", 9.0}, {"min_samples", 4}};
    const Labels expected = values(fit(host, given, {.features = ConstArray(wide)}).labels);
    EXPECT_GT(*std::max_element(expected.begin(), expected.end()), 0);
    EXPECT_EQ(values(fit(host, given, {.features = ConstArray(bytes)}).labels), expected);
    EXPECT_EQ(values(fit(host, given, {.features = ConstArray(single)}).labels), expected);
  }
}

TEST(Dbscan, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> points = density_points(50, 2), wide = density_points(50, 5);
  Host host;
  Labels labels(50);
  const Made made(host.context(), "clusterer/dbscan");
  shoal::ClustererProxy clusterer(made.object());
  EXPECT_THROW(clusterer.predict(host.context(), ConstArray(points), shoal::MutableArray(labels)), shoal::StateError);
  clusterer.fit(host.context(), {.features = ConstArray(points)});
  EXPECT_THAT([&] { clusterer.predict(host.context(), ConstArray(wide), shoal::MutableArray(labels)); },
              ThrowsMessage<InputError>(HasSubstr("expected 2 columns, got 5")));
  for (const RowMatrix<double>& x : {points, wide}) {
    Host stopped({.cancel_after = 1});
    EXPECT_THROW(fit(stopped, {}, {.features = ConstArray(x)}), shoal::Cancelled);
  }
}

TEST(Dbscan, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/dbscan", {{{"eps", 2.0}}, {{"eps", 1e201}}});
}

}  // namespace
