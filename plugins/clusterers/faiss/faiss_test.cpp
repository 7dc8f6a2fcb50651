#include <gmock/gmock.h>

#include "faiss_kmeans.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::ElementsAre;

// Two pairs, 10 apart. By hand: centroids (0, 1) and (10, 1).
const RowMatrix<float> kPairs{{0, 0}, {0, 2}, {10, 0}, {10, 2}};
const RowMatrix<float> kInit{{9, 0}, {1, 0}};

TEST(FaissKMeans, StartsFromGivenCentroids) {
  const FaissClusters found = faiss_kmeans(ConstArray(kPairs), ConstArray(kInit), {.k = 2});
  EXPECT_THAT(found.labels, ElementsAre(1, 1, 0, 0));
  EXPECT_EQ(found.centroids, (RowMatrix<float>{{10, 1}, {0, 1}}));
  EXPECT_THAT(faiss_nearest(ConstArray(kInit), found.centroids, 1), ElementsAre(0, 1));
}

TEST(FaissKMeans, TakesEveryDtypeAndRowsWithGaps) {
  const RowMatrix<double> doubles = kPairs.cast<double>();
  const RowMatrix<std::uint8_t> bytes = kPairs.cast<std::uint8_t>();
  RowMatrix<float> wide(4, 3);
  wide << kPairs, Eigen::Vector4f::Constant(1e6F);
  const shoal::Index shape[] = {4, 2}, strides[] = {3, 1};
  shoal_array gaps = ConstArray(wide).c_array();
  gaps.rank = 2, gaps.shape = shape, gaps.strides = strides;
  for (const ConstArray& x : {ConstArray(doubles), ConstArray(bytes), ConstArray(gaps)})
    EXPECT_THAT(faiss_kmeans(x, ConstArray(kInit), {.k = 2}).labels, ElementsAre(1, 1, 0, 0));
}

TEST(FaissKMeans, CountsEveryExample) {  // 600 for one centroid, where faiss would draw 256: the mean of all is 299.5
  RowMatrix<float> line(600, 1);
  for (int i = 0; i < 600; ++i) line(i, 0) = static_cast<float>(i);
  EXPECT_NEAR(faiss_kmeans(ConstArray(line), {}, {.k = 1}).centroids(0, 0), 299.5, 1e-3);
}

TEST(FaissKMeans, GivesOneResultForOneSeed) {
  const RowMatrix<float> points = RowMatrix<float>::Random(200, 3);
  const auto labels = [&](int seed) { return faiss_kmeans(ConstArray(points), {}, {.k = 7, .seed = seed}).labels; };
  EXPECT_EQ(labels(3), labels(3));
  EXPECT_NE(labels(3), labels(4));
}

}  // namespace
