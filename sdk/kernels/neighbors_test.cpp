#include "shoal/kernels/neighbors.h"

#include <gmock/gmock.h>

#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <typename Scalar>
RowMatrix<Scalar> normal_points(std::uint64_t seed, Index n, Index d, double offset = 0, double spread = 1) {
  Random random(seed);
  RowMatrix<Scalar> out(n, d);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j) out(i, j) = static_cast<Scalar>(offset + spread * random.normal());
  return out;
}

// By the definition: all distances in float64, sorted with the row as the tie-break. Numbers are small integers where
// ties are wanted, so that the order of addition does not matter.
template <typename Scalar>
void expect_all_distances_sorted(const RowMatrix<Scalar>& queries, const RowMatrix<Scalar>& points, Index k,
                                 bool same) {
  for (const int threads : {1, 3}) {
    testing::Host host({.threads = threads});
    const Neighbors found = same ? nearest_neighbors(host.context(), ConstArray(points), k)
                                 : nearest_neighbors(host.context(), ConstArray(queries), ConstArray(points), k);
    ASSERT_EQ(found.points.size(), static_cast<std::size_t>(queries.rows() * k));
    for (Index q = 0; q < queries.rows(); ++q) {
      std::vector<std::pair<double, Index>> all;
      for (Index p = 0; p < points.rows(); ++p)
        if (!same || p != q)
          all.push_back(
              {(queries.row(q).template cast<double>() - points.row(p).template cast<double>()).squaredNorm(), p});
      std::sort(all.begin(), all.end());
      for (Index j = 0; j < k; ++j) {
        const auto at = static_cast<std::size_t>(q * k + j);
        ASSERT_EQ(found.points[at], all[static_cast<std::size_t>(j)].second) << "query " << q << ", neighbour " << j;
        ASSERT_NEAR(found.squared_distances[at], all[static_cast<std::size_t>(j)].first,
                    1e-12 * (1 + all[static_cast<std::size_t>(j)].first));
      }
    }
  }
}

TEST(Neighbors, AreAllDistancesSorted) {
  for (const Index d : {1, 2, 17, 64}) {
    const auto points = normal_points<float>(1, 250, d);
    for (const Index k : {1, 15, 40}) {
      expect_all_distances_sorted(points, points, k, true);
      expect_all_distances_sorted(normal_points<float>(2, 50, d), points, k, false);
    }
  }
}

TEST(Neighbors, AreExactFarFromTheOriginAndInEveryDtype) {
  const auto wide = normal_points<double>(3, 200, 9, 1e6, 1e-3);
  expect_all_distances_sorted(wide, wide, 5, true);
  const auto bytes = normal_points<std::uint8_t>(4, 200, 30, 128, 20);
  expect_all_distances_sorted(bytes, bytes, 7, true);
  const auto huge = normal_points<double>(5, 100, 3, 0, 1e100);
  expect_all_distances_sorted(huge, huge, 3, true);
}

TEST(Neighbors, OfEquallyNearOnesComeLowestRowFirst) {
  RowMatrix<double> grid(200, 2);
  for (Index i = 0; i < 200; ++i) grid.row(i) << static_cast<double>(i % 20), static_cast<double>(i / 20);
  expect_all_distances_sorted(grid, grid, 6, true);
  const RowMatrix<double> alike = RowMatrix<double>::Constant(3000, 4, 2.5);
  testing::Host host;
  const Neighbors found = nearest_neighbors(host.context(), ConstArray(alike), 3);
  EXPECT_THAT(found.of(0), ElementsAre(1, 2, 3));
  EXPECT_THAT(found.of(2), ElementsAre(0, 1, 3));
  EXPECT_THAT(found.of(2999), ElementsAre(0, 1, 2));
}

TEST(Neighbors, SayWhatDoesNotFit) {
  testing::Host host;
  const auto points = normal_points<float>(6, 10, 4);
  EXPECT_THAT([&] { nearest_neighbors(host.context(), ConstArray(points), 10); },
              ThrowsMessage<InputError>(HasSubstr("10 neighbours are asked for, but 9 others are there")));
  const auto other = normal_points<float>(7, 10, 5);
  EXPECT_THAT([&] { nearest_neighbors(host.context(), ConstArray(other), ConstArray(points), 3); },
              ThrowsMessage<InputError>(HasSubstr("expected 4 columns, got 5")));
}

TEST(Vote, IsForTheLabelOfMostAndThenOfTheNearest) {
  const Neighbors neighbors{
      .k = 4, .points = {0, 1, 2, 3, 3, 2, 1, 0, 4, 4, 5, 5, 5, 5, 5, 5}, .squared_distances = {}};
  const std::vector<std::int64_t> labels = {7, 8, 8, 7, -1, -1};
  // 7 8 8 7: a tie, 7 is nearest; 7 8 8 7 from the other side; noise only.
  EXPECT_THAT(majority_vote(neighbors, labels), ElementsAre(7, 7, -1, -1));
  const std::vector<std::int64_t> others = {7, 8, 8, 9, 1, -1};
  EXPECT_THAT(majority_vote(neighbors, others), ElementsAre(8, 8, 1, -1));
}

}  // namespace
}  // namespace shoal::kernels
