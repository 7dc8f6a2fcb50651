#include "shoal/testing_clusterer.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::MutableArray;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ThrowsMessage;

constexpr const char* kId = "clusterer/@name@";

// Corners of a 10 × 2 rectangle, in two pairs. Whichever is drawn first, the farthest of the others is of the other
// pair, so that the pairs are the clusters, and each centre is a corner.
const RowMatrix<double> kCorners{{0, 0}, {0, 2}, {10, 0}, {10, 2}};

TEST(@class@, PartsWhatLiesApart) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Host host({.seed = seed});
    const shoal::Clustering found = shoal::testing::fit(host, kId, {{"k", 2}}, {.features = ConstArray(kCorners)});
    const std::vector<Index> labels = shoal::testing::values(found.labels);
    EXPECT_EQ(labels[0], labels[1]);
    EXPECT_EQ(labels[2], labels[3]);
    EXPECT_NE(labels[0], labels[2]);
    const RowMatrix<double> centers = shoal::testing::centroids_of(found);
    EXPECT_DOUBLE_EQ((centers.row(0) - centers.row(1)).norm(), std::sqrt(104));  // the diagonal: 10² + 2²
  }
}

TEST(@class@, GivesNewExamplesToTheNearestCentre) {
  Host host;
  const Made made(host.context(), kId, {{"k", 4}});
  shoal::ClustererProxy clusterer(made.object());
  const auto fitted = shoal::testing::values(clusterer.fit(host.context(), {.features = ConstArray(kCorners)}).labels);
  const RowMatrix<double> beside{{-1, 0}, {1, 3}, {9, -1}, {11, 5}};
  std::vector<Index> labels(4);
  clusterer.predict(host.context(), ConstArray(beside), MutableArray(labels));
  EXPECT_EQ(labels, fitted);
}

TEST(@class@, IsTheSameFromTheSameSeedForAnyNumberOfThreads) {
  const RowMatrix<double> points = shoal::testing::normal_points(1, 5000, 3);
  const auto labels = [&](int threads, std::uint64_t seed) {
    Host host({.threads = threads, .seed = seed});
    return shoal::testing::values(shoal::testing::fit(host, kId, {{"k", 5}}, {.features = ConstArray(points)}).labels);
  };
  EXPECT_EQ(labels(1, 7), labels(3, 7));
  EXPECT_NE(labels(1, 7), labels(1, 8));
}

TEST(@class@, NeedsAsManyExamplesAsClusters) {
  Host host;
  EXPECT_THAT(
      [&] {
        shoal::testing::fit(host, kId, {{"k", 5}}, {.features = ConstArray(kCorners)});
      },
      ThrowsMessage<shoal::InputError>("needs at least 5 examples, but there are only 4"));
}

TEST(@class@, DoesNotPredictBeforeItIsFitted) {
  Host host;
  const Made made(host.context(), kId);
  std::vector<Index> labels(4);
  EXPECT_THAT(
      [&] { shoal::ClustererProxy(made.object()).predict(host.context(), ConstArray(kCorners), MutableArray(labels)); },
      ThrowsMessage<shoal::StateError>("predict before fit"));
}

}  // namespace
