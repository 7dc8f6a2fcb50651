#include "hdbscan.h"

#include <gmock/gmock.h>

#include <map>

#include "../../../tests/reference/density_points.h"
#include "shoal/clusterer.h"
#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::density_points;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Given = std::map<std::string, Made::Value>;
using Labels = std::vector<Index>;

struct Found {
  Labels labels;
  Index clusters;
};

Found fit(Host& host, const Given& given, ConstArray features) {
  const Made made(host.context(), "clusterer/hdbscan", given);
  const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = features});
  const auto labels = found.labels.view().vector<Index>();
  return {{labels.begin(), labels.end()}, found.clusters};
}

TEST(Hdbscan, HasTheLabelsOfScikitLearn) {
  const auto reference = shoal::testing::reference("hdbscan");
  ASSERT_EQ(reference["cases"].size(), 14u);
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(c["given"].dump());
    HdbscanOptions options;
    const auto& given = c["given"];
    options.min_cluster_size = given.value("min_cluster_size", 5);
    options.min_samples = given.value("min_samples", options.min_cluster_size);
    if (given.value("cluster_selection_method", "eom") == "leaf") options.select.method = Selection::kLeaf;
    options.select.epsilon = given.value("cluster_selection_epsilon", 0.0);
    options.select.allow_single = given.value("allow_single_cluster", false);
    const RowMatrix<double> points = density_points(c["n"].get<Index>(), c["columns"].get<Index>());
    for (const int threads : {1, 3}) {
      Host host({.threads = threads});
      EXPECT_EQ(hdbscan(host.context(), ConstArray(points), options).labels, c["labels"].get<Labels>());
    }
  }
}

// Two groups of five on a line, 10 apart, and one example far away. By hand: at distance 10 two clusters are born.
const RowMatrix<double> kGroups{{0}, {1}, {2}, {3}, {4}, {14}, {15}, {16}, {17}, {18}, {60}};

TEST(Hdbscan, FindsGroupsOfUnequalDensityAndNoise) {
  Host host;
  EXPECT_THAT(fit(host, {{"min_cluster_size", 3}}, ConstArray(kGroups)).labels,
              ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1));
}

TEST(Hdbscan, FindsNoClusterWhereNothingParts) {
  Host host;
  const Found found = fit(host, {{"min_cluster_size", 8}}, ConstArray(kGroups));
  EXPECT_THAT(found.labels, Each(-1));
  EXPECT_EQ(found.clusters, 0);
  EXPECT_THAT(host.log().back().text, HasSubstr("all examples are noise"));
  const RowMatrix<double> two{{0}, {1}};
  EXPECT_THAT(fit(host, {{"min_cluster_size", 2}}, ConstArray(two)).labels, Each(-1));
}

TEST(Hdbscan, TakesEqualExamplesTogether) {  // at distance 0, λ is infinite
  RowMatrix<double> points(40, 2);
  for (Index i = 0; i < 40; ++i) points.row(i).setConstant(i % 2 == 0 ? 0 : 5);
  Host host;
  const Found found = fit(host, {{"min_cluster_size", 4}}, ConstArray(points));
  EXPECT_EQ(found.clusters, 2);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(found.labels[i], found.labels[i % 2]);
  EXPECT_NE(found.labels[0], found.labels[1]);
  EXPECT_GE(found.labels[0], 0);
}

TEST(Hdbscan, TakesBytesAndFloat32AsTheNumbersTheyAre) {
  RowMatrix<std::uint8_t> bytes(300, 4);
  for (Index i = 0; i < 300; ++i)
    for (Index j = 0; j < 4; ++j) bytes(i, j) = static_cast<std::uint8_t>((i % 3) * 70 + (i * (j + 5) + i * i) % 31);
  const RowMatrix<float> single = bytes.cast<float>();
  const RowMatrix<double> wide = bytes.cast<double>();
  Host host({.threads = 2});
  const Found expected = fit(host, {}, ConstArray(wide));
  EXPECT_GE(expected.clusters, 2);
  EXPECT_EQ(fit(host, {}, ConstArray(bytes)).labels, expected.labels);
  EXPECT_EQ(fit(host, {}, ConstArray(single)).labels, expected.labels);
}

TEST(Hdbscan, SaysWhatIsWrongAndCanBeStopped) {
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"min_samples", 12}}, ConstArray(kGroups));
      },
      ThrowsMessage<InputError>(HasSubstr("min_samples is 12 but there are only 11 examples")));
  const Made made(host.context(), "clusterer/hdbscan");
  Labels labels(11);
  EXPECT_THROW(
      shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(kGroups), shoal::MutableArray(labels)),
      shoal::Unsupported);
  const RowMatrix<double> many = density_points(1500, 3);
  for (const int calls : {0, 1, 3}) {  // while neighbours are found, and in the tree
    Host stopped({.cancel_after = calls});
    EXPECT_THROW(fit(stopped, {}, ConstArray(many)), shoal::Cancelled);
  }
}

TEST(Hdbscan, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  Host host;
  for (const Given& given :
       std::vector<Given>{{{"min_cluster_size", 2}}, {{"min_cluster_size", 2}, {"min_samples", 1}}})
    EXPECT_THAT([&] { fit(host, given, ConstArray(x)); },
                ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
