#include <gmock/gmock.h>
#include <zlib.h>

#include <map>
#include <set>

#include "../../../tests/reference/reference.h"
#include "bisect.h"
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
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using shoal::testing::values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/bisecting-kmeans", given, input);
}

/// The first 3000 of MNIST's test images, a pixel in [0, 1].
RowMatrix<double> pixels() {
  auto root = std::filesystem::current_path();
  while (!exists(root / "data/mnist") && root != root.parent_path()) root = root.parent_path();
  std::vector<std::uint8_t> bytes(16 + 3000 * 784);
  gzFile file = gzopen((root / "data/mnist/t10k-images-idx3-ubyte.gz").c_str(), "rb");
  const int read = file == nullptr ? -1 : gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  if (file != nullptr) gzclose(file);
  if (read != static_cast<int>(bytes.size())) throw std::runtime_error("data/mnist is missing or short");
  return shoal::ConstMatrix<std::uint8_t>(bytes.data() + 16, 3000, 784, Eigen::OuterStride<>(784)).cast<double>() / 255;
}

/// The integers of tests/reference/bisecting_kmeans.py.
RowMatrix<double> integers() {
  RowMatrix<double> x(400, 4);
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index j = 0; j < x.cols(); ++j)
      x(i, j) = static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 +
                static_cast<double>((i % 3) * (j + 1)) * 0.75;
    x(i, 3) += 0.5 * x(i, 0);
  }
  return x;
}

std::string hexadecimal(std::span<const Index> labels) {
  std::string out;
  for (const Index label : labels) out += "0123456789abcdef"[label];
  return out;
}

TEST(BisectingKMeans, IsThatOfScikitLearnFromTheSameRows) {
  const auto reference = shoal::testing::reference("bisecting_kmeans");
  ASSERT_EQ(reference["cases"].size(), 6U);
  const auto first_and_last = [](ConstArray rows, std::span<const double>, Index, Index) {
    const Index both[] = {0, rows.rows() - 1};
    return shoal::kernels::take_rows(rows, both);
  };
  const RowMatrix<double> images = pixels(), numbers = integers();
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(shoal::text("{}, {}", c["points"].get<std::string>(), c["strategy"].get<std::string>()));
    const RowMatrix<double>& x = c["points"] == "mnist" ? images : numbers;
    std::vector<double> weights;
    if (c["weighted"])
      for (Index i = 0; i < x.rows(); ++i) weights.push_back(static_cast<double>(i % 3 + 1));
    Host host({.threads = 2});
    const Bisected found =
        bisect(host.context(), ConstArray(x), weights,
               {.k = c["k"],
                .strategy = c["strategy"] == "biggest_inertia" ? Strategy::kBiggestInertia : Strategy::kLargestCluster},
               first_and_last);
    EXPECT_EQ(hexadecimal(found.labels), c["labels"]);
    const RowMatrix<double> centroids = found.tree.leaves();
    const double expected = c["inertia"];
    EXPECT_NEAR(shoal::kernels::inertia(host.context(), ConstArray(x), ConstArray(centroids), found.labels, weights),
                expected, 1e-10 * expected);
    const RowMatrix<double> others = x.topRows(std::min<Index>(500, x.rows())).rowwise().reverse();
    std::vector<Index> labels(static_cast<std::size_t>(others.rows()));
    descend(host.context(), found.tree, ConstArray(others), labels);
    EXPECT_EQ(hexadecimal(labels), c["of_reversed_columns"]);
  }
}

// On a line: 0 1 | 10 11 | 100. Of 5 rows about their mean 24.4, the first split takes off 100 (from the first and the
// last row); then 0 1 10 11 has inertia 101, and splits in the middle.
TEST(BisectingKMeans, SplitsTheWorstClusterFirst) {
  const RowMatrix<double> x{{0}, {1}, {10}, {11}, {100}};
  const auto first_and_last = [](ConstArray rows, std::span<const double>, Index, Index) {
    const Index both[] = {0, rows.rows() - 1};
    return shoal::kernels::take_rows(rows, both);
  };
  Host host;
  const Bisected two = bisect(host.context(), ConstArray(x), {}, {.k = 2}, first_and_last);
  EXPECT_THAT(two.labels, ElementsAre(0, 0, 0, 0, 1));
  const Bisected three = bisect(host.context(), ConstArray(x), {}, {.k = 3}, first_and_last);
  EXPECT_THAT(three.labels, ElementsAre(0, 0, 1, 1, 2));
  EXPECT_EQ(three.tree.leaves(), (RowMatrix<double>{{0.5}, {10.5}, {100}}));
  const Bisected one = bisect(host.context(), ConstArray(x), {}, {.k = 1}, first_and_last);
  EXPECT_EQ(one.tree.leaves(), (RowMatrix<double>{{24.4}}));
}

TEST(BisectingKMeans, SplitsTheHeaviestClusterWhereAskedTo) {  // 0 … 1 has more rows, 50 … 90 more inertia
  const RowMatrix<double> x{{0}, {0.2}, {0.8}, {1}, {50}, {90}};
  Host host;
  const Given given{{"k", 3}, {"n_init", 10}};
  Given largest = given;
  largest["bisecting_strategy"] = "largest_cluster";
  EXPECT_THAT(values(fit(host, given, {.features = ConstArray(x)}).labels).front(),
              values(fit(host, given, {.features = ConstArray(x)}).labels)[3]);
  const auto labels = values(fit(host, largest, {.features = ConstArray(x)}).labels);
  EXPECT_NE(labels[0], labels[3]);
  EXPECT_EQ(labels[4], labels[5]);
  const std::vector<double> weights{1, 1, 1, 1, 9, 9};
  const auto weighted = values(fit(host, largest, {.features = ConstArray(x), .weights = ConstArray(weights)}).labels);
  EXPECT_EQ(weighted[0], weighted[3]);
  EXPECT_NE(weighted[4], weighted[5]);
}

TEST(BisectingKMeans, IsTheSameForAnyNumberOfThreadsAndEveryDtype) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(1, 3000, 20).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  const Given given{{"k", 20}, {"n_init", 2}, {"init", "k-means++"}};
  Host one;
  const auto expected = fit(one, given, {.features = ConstArray(doubles)});
  for (const int threads : {1, 2, 3})
    for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
      Host host({.threads = threads});
      const auto found = fit(host, given, {.features = x});
      EXPECT_EQ(values(found.labels), values(expected.labels));
      EXPECT_EQ(found.centroids->view().matrix<double>(), expected.centroids->view().matrix<double>());
      EXPECT_EQ(found.iterations, expected.iterations);
    }
}

TEST(BisectingKMeans, TreatsWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(3, 90, 2);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 90; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  const RowMatrix<double> repeated = shoal::kernels::take_rows(ConstArray(x), source);
  const auto heaviest_pair = [](ConstArray rows, std::span<const double>, Index, Index) {  // whatever is repeated
    const auto numbers = rows.matrix<double>();
    Index low = 0, high = 0;
    numbers.col(0).minCoeff(&low), numbers.col(0).maxCoeff(&high);
    const Index both[] = {low, high};
    return shoal::kernels::take_rows(rows, both);
  };
  for (const Strategy strategy : {Strategy::kBiggestInertia, Strategy::kLargestCluster}) {
    Host host;
    const BisectOptions options{.k = 8, .strategy = strategy};
    const Bisected weighted = bisect(host.context(), ConstArray(x), weights, options, heaviest_pair);
    const Bisected plain = bisect(host.context(), ConstArray(repeated), {}, options, heaviest_pair);
    for (std::size_t r = 0; r < source.size(); ++r)
      EXPECT_EQ(weighted.labels[static_cast<std::size_t>(source[r])], plain.labels[r]);
    EXPECT_TRUE(weighted.tree.leaves().isApprox(plain.tree.leaves(), 1e-12));
  }
}

TEST(BisectingKMeans, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = (normal_points(2, 2000, 10).array() + 1e3).cast<float>();
  for (const int max_iter : {1, 2, 300}) {
    const Given given{{"k", 13}, {"max_iter", max_iter}};
    Host host;
    const Made made(host.context(), "clusterer/bisecting-kmeans", given),
        other(host.context(), "clusterer/bisecting-kmeans", given),
        wrong(host.context(), "clusterer/bisecting-kmeans", {{"k", 12}});
    const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)});
    EXPECT_EQ(found.converged, max_iter == 300);
    const shoal::testing::SavedState saved(host.context(), made.object());
    saved.load_into(other.object());
    for (const Made* each : {&made, &other}) {
      std::vector<Index> again(2000);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    EXPECT_THAT([&] { saved.load_into(wrong.object()); },
                ThrowsMessage<shoal::InputError>(HasSubstr("k is 12, whose tree has 23 nodes")));
  }
}

TEST(BisectingKMeans, FillsEveryClusterWhileRowsDiffer) {
  RowMatrix<double> x = RowMatrix<double>::Zero(60, 1);  // 40 rows alike, and 20 that differ
  for (Index i = 0; i < 20; ++i) x(i, 0) = 1 + static_cast<double>(i);
  for (const char* strategy : {"biggest_inertia", "largest_cluster"})
    for (const int k : {20, 21, 30}) {
      Host host;
      const auto found = fit(host, {{"k", k}, {"bisecting_strategy", strategy}}, {.features = ConstArray(x)});
      const auto labels = values(found.labels);
      EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), std::min<std::size_t>(k, 21));
      if (k == 30) {
        EXPECT_EQ(host.log().back().text, "k is 30 but only 21 rows differ: 9 clusters are empty");
      }
      EXPECT_TRUE(found.centroids->view().matrix<double>().allFinite());
    }
}

TEST(BisectingKMeans, NeverCentresOnARowOfWeightZero) {
  RowMatrix<double> x = normal_points(4, 50, 2);
  x.row(9).setConstant(1e6);
  std::vector<double> weights(50, 1.0);
  weights[9] = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Host host({.seed = seed});
    const auto found = fit(host, {{"k", 6}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
    EXPECT_LT(found.centroids->view().matrix<double>().cwiseAbs().maxCoeff(), 10);
  }
}

TEST(BisectingKMeans, SaysWhatIsWrongAndStopsWhenTheUserDoes) {
  const RowMatrix<double> x = normal_points(9, 50, 2);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 51}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("k is 51 but there are only 50 examples"));
  const Made made(host.context(), "clusterer/bisecting-kmeans");
  std::vector<Index> labels(50);
  EXPECT_THAT(
      [&] { shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)); },
      ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  Host hasty({.cancel_after = 5});
  EXPECT_THROW(fit(hasty, {{"k", 20}}, {.features = ConstArray(x)}), shoal::Cancelled);
}

TEST(BisectingKMeans, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/bisecting-kmeans", {{{"k", 2}}, {{"k", 3}, {"n_init", 2}}});
}

}  // namespace
