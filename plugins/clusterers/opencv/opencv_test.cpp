#include <gmock/gmock.h>

#include "opencv_kmeans.h"
#include "shoal/clusterer.h"
#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::ElementsAre;

// Two pairs, 10 apart. By hand: centroids (0, 1) and (10, 1).
const RowMatrix<float> kPairs{{0, 0}, {0, 2}, {10, 0}, {10, 2}};

TEST(OpenCvKMeans, FindsTwoPairs) {
  const OpenCvClusters found = opencv_kmeans(ConstArray(kPairs), {}, /*seed=*/1, {.k = 2, .n_init = 3});
  EXPECT_EQ(found.labels[0], found.labels[1]);
  EXPECT_EQ(found.labels[2], found.labels[3]);
  EXPECT_NE(found.labels[0], found.labels[2]);
  EXPECT_EQ(found.centroids.row(found.labels[0]), (Eigen::RowVector2f{0, 1}));
  EXPECT_EQ(found.centroids.row(found.labels[2]), (Eigen::RowVector2f{10, 1}));
}

TEST(OpenCvKMeans, StartsFromGivenLabels) {
  const std::vector<std::int64_t> first{1, 1, 0, 0};
  const OpenCvClusters found = opencv_kmeans(ConstArray(kPairs), first, 1, {.k = 2});
  EXPECT_THAT(found.labels, ElementsAre(1, 1, 0, 0));
}

TEST(OpenCvKMeans, TakesEveryDtypeAndRowsWithGaps) {
  const RowMatrix<double> doubles = kPairs.cast<double>();
  const RowMatrix<std::uint8_t> bytes = kPairs.cast<std::uint8_t>();
  RowMatrix<float> wide(4, 3);
  wide << kPairs, Eigen::Vector4f::Constant(1e6F);
  const shoal::Index shape[] = {4, 2}, strides[] = {3, 1};
  shoal_array gaps = ConstArray(wide).c_array();
  gaps.rank = 2, gaps.shape = shape, gaps.strides = strides;
  const auto centroids = [](ConstArray x) { return opencv_kmeans(x, {}, 5, {.k = 2}).centroids; };
  const RowMatrix<float> truth = centroids(ConstArray(kPairs));
  EXPECT_EQ(centroids(ConstArray(doubles)), truth);
  EXPECT_EQ(centroids(ConstArray(bytes)), truth);
  EXPECT_EQ(centroids(ConstArray(gaps)), truth);
}

TEST(OpenCvKMeans, GivesOneResultForOneSeed) {
  const RowMatrix<float> points = RowMatrix<float>::Random(200, 3);
  const auto labels = [&](int threads) {
    return opencv_kmeans(ConstArray(points), {}, 9, {.k = 7, .threads = threads}).labels;
  };
  EXPECT_EQ(labels(1), labels(1));
}

TEST(OpenCvKMeans, TakesOneExampleForOne) {  // cv::kmeans takes a single row for a column
  const RowMatrix<float> one = RowMatrix<float>::Random(1, 5);
  const OpenCvClusters found = opencv_kmeans(ConstArray(one), {}, 1, {.k = 1});
  EXPECT_EQ(found.labels, std::vector<std::int64_t>{0});
  EXPECT_EQ(found.centroids, one);
}

TEST(OpenCvKMeans, HasNoIterationsAsTheyAreNotTold) {
  shoal::testing::Host host;
  const shoal::testing::Made made(host.context(), "clusterer/opencv", {{"k", 2}});
  EXPECT_EQ(shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(kPairs)}).iterations, -1);
}

}  // namespace
