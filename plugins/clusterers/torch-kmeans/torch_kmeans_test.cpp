#include "torch_kmeans.h"

#include <ATen/Context.h>
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "shoal/clusterer.h"
#include "shoal/kernels/lloyd.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
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

shoal::Clustering fit(Host& host, Given given, const shoal::FitInput& input) {
  given.insert({"device", "cpu"});
  return shoal::testing::fit(host, "clusterer/torch-kmeans", given, input);
}

double inertia_of(Host& host, ConstArray x, ConstArray centroids, std::span<const Index> labels) {
  return shoal::kernels::inertia(host.context(), x, centroids, labels);
}

/// Rows around 12 places, far from 0, where float32 has few digits left for what tells them apart.
RowMatrix<double> blobs(std::uint64_t seed, Index n, Index d) {
  const RowMatrix<double> places = normal_points(seed, 12, d, 3);
  RowMatrix<double> out = normal_points(seed + 1, n, d);
  for (Index i = 0; i < n; ++i) out.row(i) += places.row(i % 12);
  return out.array() + 1000;
}

// By hand: each row is 1 from the middle of its pair.
TEST(TorchKMeans, FindsTwoPairs) {
  const RowMatrix<float> x{{0, 0}, {0, 2}, {10, 0}, {10, 2}};
  Host host;
  const auto found = fit(host, {{"k", 2}}, {.features = ConstArray(x)});
  EXPECT_DOUBLE_EQ(inertia_of(host, ConstArray(x), *found.centroids, values(found.labels)), 4);
  EXPECT_TRUE(found.converged);
  EXPECT_EQ(found.clusters, 2);
  EXPECT_THAT(host.log().front().text, HasSubstr("on cpu in float32; sums are LibTorch's, so the result is not exact"));
}

TEST(TorchKMeans, EndsWhereTheExactOneEndsFromTheSameCentroids) {
  const RowMatrix<float> x = blobs(1, 6000, 20).cast<float>();
  Host host({.threads = 2});
  for (const Index k : {1, 5, 12, 40}) {
    SCOPED_TRACE(k);
    const RowMatrix<double> init = x.topRows(k).cast<double>();
    const auto exact = shoal::kernels::lloyd(host.context(), ConstArray(x), {}, init, {});
    const double expected = inertia_of(host, ConstArray(x), ConstArray(exact.centroids), exact.label_values());
    for (const char* dtype : {"float32", "float64"}) {
      const auto found = fit(host, {{"k", static_cast<int>(k)}, {"tol", 0.0}, {"dtype", dtype}},
                             {.features = ConstArray(x), .init = ConstArray(init)});
      EXPECT_TRUE(found.converged);
      EXPECT_NEAR(inertia_of(host, ConstArray(x), *found.centroids, values(found.labels)) / expected, 1, 1e-4);
      if (std::string_view(dtype) == "float64") {  // no two of these distances are as near as float64's last digits
        EXPECT_EQ(values(found.labels), values(exact.labels));
        EXPECT_EQ(found.iterations, exact.iterations);
        EXPECT_LE((centroids_of(found) - exact.centroids).cwiseAbs().maxCoeff(), 1e-9);
      }
    }
  }
}

TEST(TorchKMeans, SumsByProductsAsByIndices) {  // what a GPU does, tried on the CPU
  const RowMatrix<double> x = blobs(2, 240, 7);
  std::vector<double> weights(240);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<double>(i % 3);
  Host host({.threads = 2});
  for (const std::span<const double> w : {std::span<const double>(), std::span<const double>(weights)}) {
    const auto spread = shoal::kernels::spread(host.context(), ConstArray(x), w);
    const auto run = [&](bool by_product, Index chunk_bytes) {
      const Machine machine{.dtype = at::kDouble, .chunk_bytes = chunk_bytes, .sums_by_product = by_product};
      const TorchRows rows(host.context(), ConstArray(x), w, spread.mean, machine);
      return rows.lloyd(x.topRows(15), {});
    };
    const TorchClusters expected = run(false, 64 << 20);
    for (const Index bytes : {Index{1} << 26, Index{7} * 15 * 8 * 2, Index{15} * 8 * 2}) {  // all, 7 or 14, 1 or 2 rows
      SCOPED_TRACE(bytes);
      for (const bool by_product : {false, true}) {
        const TorchClusters found = run(by_product, bytes);
        EXPECT_EQ(values(found.labels), values(expected.labels));
        EXPECT_EQ(found.iterations, expected.iterations);
        EXPECT_LE((found.centroids - expected.centroids).cwiseAbs().maxCoeff(), 1e-9);
      }
    }
  }
}

TEST(TorchKMeans, TakesWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(3, 90, 3);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 90; ++i) {
    weights.push_back(static_cast<double>(i % 4) * 1e-60);  // which float32 does not hold
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  const RowMatrix<double> repeated = shoal::kernels::take_rows(ConstArray(x), source), init = x.topRows(5);
  Host host;
  const Given given{{"k", 5}, {"tol", 0.0}};
  const auto weighted =
      fit(host, given, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
  const auto plain = fit(host, given, {.features = ConstArray(repeated), .init = ConstArray(init)});
  EXPECT_LE((centroids_of(weighted) - centroids_of(plain)).cwiseAbs().maxCoeff(), 1e-5);
  for (std::size_t r = 0; r < source.size(); ++r)
    EXPECT_EQ(values(weighted.labels)[static_cast<std::size_t>(source[r])], values(plain.labels)[r]);
}

// By hand: the second centroid has no row; it takes 9, the row farthest from its own.
TEST(TorchKMeans, FillsEmptyClustersWithTheFarthestRow) {
  const RowMatrix<double> x{{0}, {1}, {2}, {9}}, init{{1}, {100}};
  Host host;
  const auto found = fit(host, {{"k", 2}}, {.features = ConstArray(x), .init = ConstArray(init)});
  EXPECT_THAT(values(found.labels), ElementsAre(0, 0, 0, 1));
  EXPECT_NEAR(centroids_of(found)(0, 0), 1, 1e-6);
  EXPECT_NEAR(centroids_of(found)(1, 0), 9, 1e-6);
  // After the last iteration too: from here the first means are 1.5 and 8, which leaves nobody to the third.
  for (const int max_iter : {1, 2, 3}) {
    const RowMatrix<double> points = normal_points(4, 200, 2), far = points.topRows(30).array() * 20;
    const auto stopped =
        fit(host, {{"k", 30}, {"max_iter", max_iter}}, {.features = ConstArray(points), .init = ConstArray(far)});
    const auto labels = values(stopped.labels);
    EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 30U);
  }
}

TEST(TorchKMeans, EndsWithFewerRowsThatDifferThanClusters) {
  RowMatrix<float> x(40, 2);
  for (Index i = 0; i < 40; ++i) x.row(i) << static_cast<float>(i % 4), 0.1F;
  Host host;
  const auto found = fit(host, {{"k", 6}}, {.features = ConstArray(x)});
  const auto labels = values(found.labels);
  EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 4U);
  EXPECT_EQ(host.log().back().text, "k is 6 but only 4 rows differ: 2 clusters are empty");
  // Rows that float64 tells apart and float32 does not: no endless search for a row that fills the second cluster.
  const RowMatrix<double> near{{1e6}, {-1e6}, {1e6 + 1e-6}, {-1e6}};
  const RowMatrix<double> init{{1e6}, {1e6}, {-1e6}};
  EXPECT_EQ(fit(host, {{"k", 3}}, {.features = ConstArray(near), .init = ConstArray(init)}).clusters, 3);
}

TEST(TorchKMeans, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = normal_points(5, 2000, 10).cast<float>();
  for (const int max_iter : {1, 2, 300}) {
    const Given given{{"k", 12}, {"max_iter", max_iter}, {"device", "cpu"}, {"chunk_bytes", 12 * 4 * 700}};
    Host host;
    const Made made(host.context(), "clusterer/torch-kmeans", given),
        other(host.context(), "clusterer/torch-kmeans", given),
        wrong(host.context(), "clusterer/torch-kmeans", {{"k", 13}});
    const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)});
    const shoal::testing::SavedState saved(host.context(), made.object());
    saved.load_into(other.object());
    for (const Made* each : {&made, &other}) {
      std::vector<Index> again(2000);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    EXPECT_THAT([&] { saved.load_into(wrong.object()); },
                ThrowsMessage<InputError>("k is 13 but the saved state has 12 centroids"));
  }
}

TEST(TorchKMeans, TakesStridedRowsBytesAndAStart) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(6, 500, 6).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<double> wide = bytes.cast<double>();
  RowMatrix<float> apart = RowMatrix<float>::Constant(500, 9, 7);
  apart.leftCols(6) = bytes.cast<float>();
  const shoal::Shape shape{500, 6}, strides{9, 1};
  const ConstArray strided(
      shoal_array{apart.data(), 1, 0, 2, SHOAL_CODE_FLOAT, 32, 1, shape.data(), strides.data(), 0});
  Host host({.seed = 3});
  const auto expected = fit(host, {{"k", 9}}, {.features = ConstArray(wide)});
  EXPECT_EQ(values(fit(host, {{"k", 9}}, {.features = ConstArray(bytes)}).labels), values(expected.labels));
  EXPECT_EQ(values(fit(host, {{"k", 9}}, {.features = strided}).labels), values(expected.labels));
  const auto inertia = [&](const Given& given) {
    const auto found = fit(host, given, {.features = ConstArray(wide)});
    return inertia_of(host, ConstArray(wide), *found.centroids, values(found.labels));
  };
  for (const char* init : {"k-means++", "random"})  // the best of ten is below the first of them
    EXPECT_LT(inertia({{"k", 20}, {"init", init}, {"n_init", 10}}),
              inertia({{"k", 20}, {"init", init}, {"n_init", 1}}));
}

TEST(TorchKMeans, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> x = normal_points(7, 50, 3), two = x.topRows(2);
  Host host;
  const auto given = [&](const Given& parameters, const shoal::FitInput& input) {
    return [&host, parameters, input] {
      const Made made(host.context(), "clusterer/torch-kmeans", parameters);
      shoal::ClustererProxy(made.object()).fit(host.context(), input);
    };
  };
  const shoal::FitInput all{.features = ConstArray(x)};
  EXPECT_THAT(given({{"k", 51}}, all), ThrowsMessage<InputError>("k is 51 but there are only 50 examples"));
  EXPECT_THAT(given({{"k", 3}}, {.features = ConstArray(x), .init = ConstArray(two)}),
              ThrowsMessage<InputError>("k is 3 but 2 initial centroids are given"));
  EXPECT_THAT(given({{"device", "gpu"}}, all),
              ThrowsMessage<InputError>("there is no device 'gpu': say auto, cpu, cuda or cuda:1"));
  EXPECT_THAT(given({{"device", "cuda:"}}, all), ThrowsMessage<InputError>(HasSubstr("there is no device 'cuda:'")));
  EXPECT_THAT(given({{"device", "cuda:999"}}, all), ThrowsMessage<InputError>(HasSubstr("device 'cuda:999' is asked")));
  if (!at::globalContext().hasCUDA()) {
    EXPECT_THAT(given({{"device", "cuda"}}, all),
                ThrowsMessage<InputError>("device 'cuda' is asked for, but LibTorch sees no CUDA device here"));
  }
  EXPECT_THAT(given({{"device", "cpu"}, {"k", 10}, {"chunk_bytes", 39}}, all),
              ThrowsMessage<InputError>("chunk_bytes is 39, but for k = 10 a single row takes 40"));
  std::vector<Index> labels(50);
  const Made unfitted(host.context(), "clusterer/torch-kmeans", {{"k", 4}});
  EXPECT_THROW(
      shoal::ClustererProxy(unfitted.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)),
      shoal::StateError);
  Host hasty({.cancel_after = 1});
  EXPECT_THROW(fit(hasty, {{"k", 20}, {"tol", 0.0}}, all), shoal::Cancelled);
  EXPECT_EQ(hasty.live_arrays(), 0);
}

}  // namespace
