#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "../../../tests/reference/reference.h"
#include "metric.h"
#include "pam.h"
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

const std::map<std::string, Metric> kMetrics{{"euclidean", Metric::kEuclidean},
                                             {"sqeuclidean", Metric::kSqEuclidean},
                                             {"cosine", Metric::kCosine},
                                             {"manhattan", Metric::kManhattan}};

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/kmedoids", given, input);
}

/// The points of tests/reference/fasterpam.py.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(500, 4);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j) {
      const Index hash =
          (i * i * (2 * j + 3) * 7919 + (i + 1) * (j + 1) * 104729) % (1 << 20) * 2654435761 % (Index{1} << 32);
      x(i, j) = static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 +
                static_cast<double>((i % 3) * (j + 1)) * 0.75 + static_cast<double>(hash) * 0x1p-32;
    }
  return x;
}

double distance(Metric metric, const Eigen::RowVectorXd& x, const Eigen::RowVectorXd& y) {
  switch (metric) {
    case Metric::kEuclidean: return (x - y).norm();
    case Metric::kSqEuclidean: return (x - y).squaredNorm();
    case Metric::kCosine: return 1 - x.dot(y) / (x.norm() * y.norm());
    default: return (x - y).cwiseAbs().sum();
  }
}

TEST(KMedoids, AreThoseOfThePackageKmedoidsFromTheSameExamples) {
  const auto reference = shoal::testing::reference("fasterpam");
  ASSERT_EQ(reference["cases"].size(), 12U);
  const RowMatrix<double> x = reference_points();
  for (const auto& c : reference["cases"]) {
    const Index k = c["k"];
    const Metric metric = kMetrics.at(c["metric"]);
    SCOPED_TRACE(shoal::text("{}, k = {}", c["metric"].get<std::string>(), k));
    Host host({.threads = 2});
    const auto matrix = all_distances(host.context(), metric, comparable(metric, ConstArray(x)));
    const Distances distances{.values = matrix.get(), .n = x.rows()};
    std::vector<Index> first(static_cast<std::size_t>(k));
    std::iota(first.begin(), first.end(), Index{0});
    const auto expect = [&](const Medoids& found, const nlohmann::json& expected) {
      EXPECT_EQ(found.rows, expected["medoids"].get<std::vector<Index>>());
      EXPECT_NEAR(found.loss, expected["loss"].get<double>(), 1e-10 * found.loss);
      EXPECT_TRUE(found.converged);
    };
    const Medoids pam = faster_pam(host.context(), distances, first, 100);
    expect(pam, c["fasterpam"]);
    EXPECT_EQ(pam.swaps, c["fasterpam"]["swaps"].get<Index>());
    expect(alternate(host.context(), distances, first, 100), c["alternate"]);
    EXPECT_EQ(build(host.context(), distances, k), c["build"]["medoids"].get<std::vector<Index>>());
  }
}

TEST(KMedoids, MeasuresByTheMetric) {
  const RowMatrix<double> x = normal_points(1, 150, 11);
  for (const auto& [name, metric] : kMetrics) {
    SCOPED_TRACE(name);
    Host host({.threads = 2});
    const auto found = all_distances(host.context(), metric, comparable(metric, ConstArray(x)));
    for (Index i = 0; i < 150; ++i)
      for (Index j = 0; j < 150; ++j) {
        EXPECT_NEAR(found[static_cast<std::size_t>(i * 150 + j)], distance(metric, x.row(i), x.row(j)), 1e-12);
        EXPECT_EQ(found[static_cast<std::size_t>(i * 150 + j)], found[static_cast<std::size_t>(j * 150 + i)]);
      }
  }
}

TEST(KMedoids, LeaveNoSwapThatGains) {  // of all pairs, by adding up the loss anew
  const RowMatrix<double> x = normal_points(2, 60, 2);
  std::vector<double> weights;
  for (Index i = 0; i < 60; ++i) weights.push_back(static_cast<double>(i % 3));
  for (const bool weighted : {false, true}) {
    Host host;
    const auto matrix = all_distances(host.context(), Metric::kEuclidean, x);
    const auto loss_of = [&](const std::vector<Index>& medoids) {
      double loss = 0;
      for (Index o = 0; o < 60; ++o) {
        double least = std::numeric_limits<double>::infinity();
        for (const Index m : medoids) least = std::min(least, (x.row(o) - x.row(m)).norm());
        loss += (weighted ? weights[static_cast<std::size_t>(o)] : 1) * least;
      }
      return loss;
    };
    const Distances view{.values = matrix.get(),
                         .n = 60,
                         .weights = weighted ? std::span<const double>(weights) : std::span<const double>()};
    const Medoids found = faster_pam(host.context(), view, {1, 2, 4, 5, 7}, 100);
    EXPECT_NEAR(found.loss, loss_of(found.rows), 1e-10);
    for (std::size_t p = 0; p < 5; ++p)
      for (Index other = 0; other < 60; ++other) {
        if (weighted && weights[static_cast<std::size_t>(other)] == 0) continue;
        std::vector<Index> swapped = found.rows;
        swapped[p] = other;
        EXPECT_GE(loss_of(swapped), found.loss - 1e-10);
      }
  }
}

// On a line 0 1 2 | 10 11 12: medoids 1 and 11, loss 4. One medoid: 2 or 10, loss 2 + 1 + 0 + 8 + 9 + 10 = 30.
TEST(KMedoids, TakesTheMiddles) {
  const RowMatrix<double> x{{0}, {1}, {2}, {10}, {11}, {12}};
  for (const char* method : {"fasterpam", "alternate"})
    for (const char* init : {"random", "build"}) {
      Host host({.seed = 5});
      const auto two = fit(host, {{"k", 2}, {"method", method}, {"init", init}, {"metric", "manhattan"}},
                           {.features = ConstArray(x)});
      std::set<double> medoids{centroids_of(two)(0, 0), centroids_of(two)(1, 0)};
      EXPECT_EQ(medoids, (std::set<double>{1, 11}));
      EXPECT_EQ(host.scalars().back().name, "loss");
      EXPECT_EQ(host.scalars().back().value, 4);
      EXPECT_NE(values(two.labels)[0], values(two.labels)[5]);
      fit(host, {{"k", 1}, {"method", method}, {"init", init}}, {.features = ConstArray(x)});
      EXPECT_EQ(host.scalars().back().value, 30);
    }
}

TEST(KMedoids, AreTheSameForAnyNumberOfThreadsAndEveryDtype) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(3, 700, 9).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  for (const auto& [metric, ignored] : kMetrics) {
    const Given given{{"k", 12}, {"metric", metric.c_str()}};
    Host one;
    const auto expected = fit(one, given, {.features = ConstArray(doubles)});
    for (const int threads : {1, 3})
      for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
        Host host({.threads = threads});
        const auto found = fit(host, given, {.features = x});
        EXPECT_EQ(values(found.labels), values(expected.labels));
        EXPECT_EQ(centroids_of(found), centroids_of(expected));
      }
  }
}

TEST(KMedoids, TreatWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(4, 60, 2);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 60; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  const RowMatrix<double> repeated = shoal::kernels::take_rows(ConstArray(x), source);
  const RowMatrix<double> init{{0, 0}, {1, 1}, {-1, 1}, {2, -1}};
  for (const char* method : {"fasterpam", "alternate"}) {
    Host host;
    const auto weighted = fit(host, {{"k", 4}, {"method", method}},
                              {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
    const double loss = host.scalars().back().value;
    const auto plain =
        fit(host, {{"k", 4}, {"method", method}}, {.features = ConstArray(repeated), .init = ConstArray(init)});
    EXPECT_NEAR(host.scalars().back().value, loss, 1e-10);
    EXPECT_EQ(centroids_of(weighted), centroids_of(plain));
    for (std::size_t r = 0; r < source.size(); ++r)
      EXPECT_EQ(values(weighted.labels)[static_cast<std::size_t>(source[r])], values(plain.labels)[r]);
  }
}

TEST(KMedoids, StartWithTheExamplesNearestToWhatIsWired) {  // 5 is nearest to both points; the second takes 4
  const RowMatrix<double> x{{0}, {4}, {5}, {9}};
  const RowMatrix<double> points{{5.2}, {5.1}};
  Host host;
  EXPECT_THAT(nearest_rows(host.context(), Metric::kEuclidean, x, points, {}), ElementsAre(2, 1));
  EXPECT_THAT(nearest_rows(host.context(), Metric::kManhattan, x, points, {}), ElementsAre(2, 1));
  const std::vector<double> weights{1, 0, 1, 1};
  EXPECT_THAT(nearest_rows(host.context(), Metric::kEuclidean, x, points, weights), ElementsAre(2, 3));
}

TEST(KMedoids, PredictTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = normal_points(5, 500, 6).cast<float>();
  for (const auto& [metric, ignored] : kMetrics) {
    const Given given{{"k", 9}, {"metric", metric.c_str()}};
    Host host;
    const Made made(host.context(), "clusterer/kmedoids", given), other(host.context(), "clusterer/kmedoids", given),
        wrong(host.context(), "clusterer/kmedoids", {{"k", 8}});
    const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)});
    const shoal::testing::SavedState saved(host.context(), made.object());
    saved.load_into(other.object());
    for (const Made* each : {&made, &other}) {
      std::vector<Index> again(500);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    EXPECT_THAT([&] { saved.load_into(wrong.object()); },
                ThrowsMessage<shoal::InputError>("k is 8 but the saved state has 9 medoids"));
  }
}

TEST(KMedoids, EndWithFewerDistinctRowsThanClusters) {
  RowMatrix<double> x(30, 1);
  for (Index i = 0; i < 30; ++i) x(i, 0) = static_cast<double>(i % 5);
  for (const char* method : {"fasterpam", "alternate"})
    for (const char* init : {"random", "build"}) {
      Host host;
      const auto found = fit(host, {{"k", 8}, {"method", method}, {"init", init}}, {.features = ConstArray(x)});
      EXPECT_TRUE(found.converged);
      if (std::string(method) == "fasterpam") {  // alternate may keep two equal medoids
        EXPECT_EQ(host.scalars().back().value, 0);
        EXPECT_EQ(host.log().back().text, "k is 8 but only 5 rows differ: 3 clusters are empty");
      }
    }
}

TEST(KMedoids, SaysWhatIsWrongAndStopsWhenTheUserDoes) {
  RowMatrix<double> x = normal_points(9, 50, 2);
  Host host;
  const auto fit_with = [&](const Given& given) { fit(host, given, {.features = ConstArray(x)}); };
  EXPECT_THAT(
      [&] {
        fit_with({{"k", 51}});
      },
      ThrowsMessage<shoal::InputError>("k is 51 but there are only 50 examples"));
  EXPECT_THAT(
      [&] {
        fit_with({{"memory_limit_gb", 1e-6}});
      },  // 20000 bytes, of 1074
      ThrowsMessage<shoal::InputError>(HasSubstr("the distances of 50 examples to each other take")));
  const RowMatrix<float> many = RowMatrix<float>::Ones(30000, 1);
  EXPECT_THAT([&] { fit(host, {}, {.features = ConstArray(many)}); },
              ThrowsMessage<shoal::InputError>(HasSubstr(
                  "the distances of 30000 examples to each other take 6.7 GiB, but memory_limit_gb is 4: raise it")));
  std::vector<double> weights(50, 0.0);
  weights[3] = 2;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 2}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
      },
      ThrowsMessage<shoal::InputError>("k is 2 but only 1 examples have a weight above 0"));
  x.row(7).setZero();
  EXPECT_THAT(
      [&] {
        fit_with({{"metric", "cosine"}});
      },
      ThrowsMessage<shoal::InputError>("row 7 is all zeros: it has no cosine"));
  const Made made(host.context(), "clusterer/kmedoids");
  std::vector<Index> labels(50);
  EXPECT_THAT(
      [&] { shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)); },
      ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  for (const int calls : {0, 1, 3}) {
    Host hasty({.cancel_after = calls});
    EXPECT_THROW(fit(hasty, {{"k", 5}}, {.features = ConstArray(x)}), shoal::Cancelled);
  }
}

TEST(KMedoids, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  Host host;
  for (const Given& given :
       std::vector<Given>{{{"k", 2}}, {{"k", 2}, {"metric", "sqeuclidean"}}, {{"k", 2}, {"metric", "manhattan"}}})
    EXPECT_THAT([&] { fit(host, given, {.features = ConstArray(x)}); },
                ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
  // A cosine does not ask how long they are: by hand, those above 0 and those below.
  const auto found = fit(host, {{"k", 2}, {"metric", "cosine"}}, {.features = ConstArray(x)});
  const auto labels = found.labels.view().vector<Index>();
  for (Index i = 0; i < 8; ++i) EXPECT_EQ(labels[static_cast<std::size_t>(i)] == labels[0], x(i, 0) > 0) << i;
}

}  // namespace
