#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "../../../tests/reference/density_points.h"
#include "linkage.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/joins.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::density_points;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Given = std::map<std::string, Made::Value>;
using Labels = std::vector<Index>;

const std::map<std::string, Linkage> kLinkages = {{"ward", Linkage::kWard},
                                                  {"single", Linkage::kSingle},
                                                  {"complete", Linkage::kComplete},
                                                  {"average", Linkage::kAverage}};

Labels fit(Host& host, const Given& given, ConstArray features) {
  const Made made(host.context(), "clusterer/agglomerative", given);
  const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = features});
  const auto labels = found.labels.view().vector<Index>();
  return {labels.begin(), labels.end()};
}

/// The same clusters, numbered by their lowest row.
Labels renamed(const Labels& labels) {
  std::map<Index, Index> names;
  Labels out;
  for (const Index label : labels) out.push_back(names.emplace(label, static_cast<Index>(names.size())).first->second);
  return out;
}

TEST(Agglomerative, HasTheClustersOfScikitLearnAndTheLengthsOfSciPy) {
  const auto reference = shoal::testing::reference("agglomerative");
  ASSERT_EQ(reference["cases"].size(), 12u);
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(::testing::Message() << c["linkage"] << ", " << c["columns"] << " columns");
    const Index n = c["n"].get<Index>();
    const RowMatrix<double> points = density_points(n, c["columns"].get<Index>());
    Host host({.threads = 2});
    const auto joins = join_all(host.context(), ConstArray(points), kLinkages.at(c["linkage"]));
    ASSERT_EQ(static_cast<Index>(joins.size()), n - 1);
    for (std::size_t i = 0; i < 20; ++i)
      EXPECT_NEAR(joins[joins.size() - 20 + i].length, c["lengths"][i].get<double>(), 1e-10);
    for (const auto& [k, labels] : c["labels"].items())
      EXPECT_EQ(shoal::kernels::cut_joins(joins, n, std::stoll(k)), renamed(labels.get<Labels>())) << k;
  }
}

TEST(Agglomerative, IsTheSameForAnyNumberOfThreads) {
  const RowMatrix<float> points = shoal::testing::normal_points(5, 1500, 150).cast<float>();
  for (const auto& [name, linkage] : kLinkages) {
    SCOPED_TRACE(name);
    std::vector<std::vector<shoal::kernels::Edge>> found;
    for (const int threads : {1, 2, 5}) {
      Host host({.threads = threads});
      found.push_back(join_all(host.context(), ConstArray(points), linkage));
    }
    for (std::size_t i = 0; i < found[0].size(); ++i) {
      for (const auto& other : {found[1], found[2]}) {
        EXPECT_EQ(found[0][i].from, other[i].from);
        EXPECT_EQ(found[0][i].to, other[i].to);
        EXPECT_EQ(found[0][i].length, other[i].length);
      }
    }
  }
}

TEST(Agglomerative, JoinsAsByHand) {
  // 0, 1 | 4 | 10, 12: single and complete join 4 to {0, 1}. Ward: 2·1/3 · 3.5² = 8.2, and 2·1/3 · 7² = 32.7.
  const RowMatrix<double> points{{10}, {0}, {4}, {1}, {12}};
  Host host;
  for (const auto& [name, linkage] : kLinkages) {
    SCOPED_TRACE(name);
    EXPECT_THAT(fit(host, {{"k", 2}, {"linkage", name.c_str()}}, ConstArray(points)), ElementsAre(0, 1, 1, 1, 0));
    EXPECT_THAT(fit(host, {{"k", 3}, {"linkage", name.c_str()}}, ConstArray(points)), ElementsAre(0, 1, 2, 1, 0));
    EXPECT_THAT(fit(host, {{"k", 5}, {"linkage", name.c_str()}}, ConstArray(points)), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(fit(host, {{"k", 1}, {"linkage", name.c_str()}}, ConstArray(points)), ElementsAre(0, 0, 0, 0, 0));
    EXPECT_THAT(fit(host, {{"k", 1}, {"linkage", name.c_str()}}, ConstArray(points).slice(0, 1)), ElementsAre(0));
  }
  const auto joins = join_all(host.context(), ConstArray(points), Linkage::kWard);
  EXPECT_DOUBLE_EQ(joins[2].length, std::sqrt(2.0 * 2 / 3 * 3.5 * 3.5));
}

TEST(Agglomerative, EndsWhereAllDistancesAreEqual) {
  const RowMatrix<double> same = RowMatrix<double>::Constant(200, 3, 1.1),
                          corners = RowMatrix<double>::Identity(60, 60);
  Host host;
  for (const auto& [name, linkage] : kLinkages) {
    SCOPED_TRACE(name);
    EXPECT_EQ(join_all(host.context(), ConstArray(same), linkage).size(), 199u);
    EXPECT_EQ(join_all(host.context(), ConstArray(corners), linkage).size(), 59u);
  }
}

TEST(Agglomerative, TakesBytesAndFloat32AsTheNumbersTheyAre) {
  RowMatrix<std::uint8_t> bytes(200, 5);
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < 5; ++j) bytes(i, j) = static_cast<std::uint8_t>((i % 3) * 40 + (i * (j + 5) + i * i) % 101);
  const RowMatrix<float> single = bytes.cast<float>();
  const RowMatrix<double> wide = bytes.cast<double>();
  Host host;
  for (const auto& [name, linkage] : kLinkages) {
    const Given given{{"k", 6}, {"linkage", name.c_str()}};
    EXPECT_EQ(fit(host, given, ConstArray(bytes)), fit(host, given, ConstArray(wide)));
    EXPECT_EQ(fit(host, given, ConstArray(single)), fit(host, given, ConstArray(wide)));
  }
}

TEST(Agglomerative, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> points = density_points(1500, 2);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 4}}, ConstArray(points).slice(0, 3));
      },
      ThrowsMessage<InputError>(HasSubstr("k is 4 but there are only 3 examples")));
  for (const auto& [name, linkage] : kLinkages) {
    Host stopped({.cancel_after = 1});
    EXPECT_THROW(join_all(stopped.context(), ConstArray(points), linkage), shoal::Cancelled);
  }
  const RowMatrix<float> many = RowMatrix<float>::Ones(40000, 1);
  for (const char* linkage : {"complete", "average"})
    EXPECT_THAT(
        [&] {
          fit(host, {{"linkage", linkage}}, ConstArray(many));
        },
        ThrowsMessage<InputError>(
            "the distances of 40000 examples to each other take 6 GiB, but memory_limit_gb is 4: raise it, or "
            "take ward or single, which need none of them"));
  const auto few = ConstArray(points).slice(0, 500);  // 1e6 bytes, of 1e-3 GiB
  fit(host, {{"linkage", "average"}, {"memory_limit_gb", 1e-3}}, few);
  EXPECT_THAT(
      [&] {
        fit(host, {{"linkage", "average"}, {"memory_limit_gb", 9e-4}}, few);
      },
      ThrowsMessage<InputError>(HasSubstr("but memory_limit_gb is 9e-04")));
  fit(host, {{"memory_limit_gb", 0.0}}, few);  // ward keeps none
  const Made made(host.context(), "clusterer/agglomerative");
  Labels labels(1500);
  EXPECT_THROW(
      shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(points), shoal::MutableArray(labels)),
      shoal::Unsupported);
}

TEST(Agglomerative, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  Host host;
  for (const Given& given : std::vector<Given>{
           {{"linkage", "ward"}}, {{"linkage", "single"}}, {{"linkage", "complete"}}, {{"linkage", "average"}}})
    EXPECT_THAT([&] { fit(host, given, ConstArray(x)); },
                ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
