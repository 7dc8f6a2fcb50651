#include "shoal/kernels/assignment.h"

#include <gmock/gmock.h>

#include <cmath>

#include "shoal/kernels/nearest.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr Bounds kAll[] = {Bounds::kNone, Bounds::kOne, Bounds::kGroups, Bounds::kEach};

RowMatrix<double> normal_points(std::uint64_t seed, Index n, Index d, double offset = 0, double spread = 1) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = offset + spread * random.normal();
  return out;
}

// Holds the labels of every pass to those of nearest(), and `changed` to what differs, while centroids move by less and
// less. `bounds_of` says which bounds a pass uses.
template <typename BoundsOf>
void expect_nearest(ConstArray x, RowMatrix<double> centroids, BoundsOf&& bounds_of, double step = 1, int passes = 12) {
  for (const int threads : {1, 3}) {
    testing::Host host({.threads = threads});
    Random random(99);
    RowMatrix<double> moving = centroids;
    std::vector<Index> labels(static_cast<std::size_t>(x.rows()), -7), expected(labels), before;
    Assignment assignment(x, moving.rows(), labels);
    for (int pass = 0; pass < passes; ++pass) {
      SCOPED_TRACE(text("{} x {}, k {}, threads {}, pass {}", x.rows(), x.cols(), moving.rows(), threads, pass));
      const auto report = assignment.update(host.context(), moving, bounds_of(pass));
      nearest(host.context(), x, ConstArray(moving), MutableArray(expected));
      ASSERT_EQ(labels, expected);
      EXPECT_EQ(report.first, pass == 0);
      if (pass > 0) {
        std::vector<Index> replayed = before;
        for (const Relabelled& r : report.changed) {
          EXPECT_EQ(replayed[static_cast<std::size_t>(r.row)], r.from);
          EXPECT_NE(r.from, r.to);
          replayed[static_cast<std::size_t>(r.row)] = r.to;
        }
        EXPECT_EQ(replayed, labels);
      }
      before = labels;
      for (Index i = 0; i < moving.size(); ++i)
        if (random.uniform() < 0.7) moving.data()[i] += step * random.normal() / (1 << pass);
    }
  }
}

TEST(Assignment, IsThatOfTheNearestCentroidForAllBounds) {
  for (const Bounds bounds : kAll)
    for (const Index d : {1, 3, 8, 17, 50})
      for (const Index k : {1, 2, 15, 16, 17, 40, 100}) {
        const RowMatrix<double> x = normal_points(1, 400, d);
        const RowMatrix<float> floats = x.cast<float>();
        expect_nearest(ConstArray(floats), normal_points(2, k, d), [&](int) { return bounds; });
        expect_nearest(ConstArray(x), normal_points(2, k, d), [&](int) { return bounds; });
      }
}

TEST(Assignment, TakesBytesAndManyTasks) {
  const RowMatrix<float> floats = normal_points(3, 2500, 20).cast<float>();
  for (const Bounds bounds : kAll)
    for (const Index k : {10, 50, 300})
      expect_nearest(ConstArray(floats), normal_points(4, k, 20), [&](int) { return bounds; });
  const RowMatrix<std::uint8_t> bytes = normal_points(3, 2500, 20, 128, 30).cast<std::uint8_t>();
  for (const Bounds bounds : kAll)
    expect_nearest(
        ConstArray(bytes), normal_points(4, 50, 20, 128, 30), [&](int) { return bounds; }, 20);
}

// Rows that spread in few directions, as images do: there a projection excludes most pairs.
RowMatrix<double> flat_points(std::uint64_t seed, Index n, Index d, double offset = 0) {
  const RowMatrix<double> few = normal_points(seed, n, 12, 0, 3), directions = normal_points(999, 12, d);
  return few * directions / std::sqrt(static_cast<double>(d)) + normal_points(seed + 1, n, d, offset, 0.1);
}

TEST(Assignment, IsThatOfTheNearestCentroidWhereRowsAreProjected) {
  for (const Bounds bounds : kAll)
    for (const Index d : {96, 131, 300})
      for (const Index k : {4, 16, 17, 70}) {
        const RowMatrix<double> x = flat_points(20, 700, d), centroids = flat_points(30, k, d);
        const RowMatrix<float> floats = x.cast<float>();
        expect_nearest(
            ConstArray(floats), centroids, [&](int) { return bounds; }, 0.2);
        expect_nearest(
            ConstArray(x), centroids, [&](int) { return bounds; }, 0.2);
        const RowMatrix<std::uint8_t> bytes = (x.array() * 20 + 128).cast<std::uint8_t>();
        expect_nearest(
            ConstArray(bytes), (centroids.array() * 20 + 128).matrix(), [&](int) { return bounds; }, 4);
      }
}

TEST(Assignment, IsThatOfTheNearestCentroidWhereAProjectionSaysLittle) {
  const RowMatrix<double> round = normal_points(21, 1200, 100), one = RowMatrix<double>::Constant(1200, 100, 0.3);
  const RowMatrix<std::uint8_t> bytes = (flat_points(22, 1200, 120).array() * 20 + 128).cast<std::uint8_t>();
  const RowMatrix<float> apart = flat_points(23, 1200, 100, 1e4).cast<float>();
  for (const Bounds bounds : {Bounds::kOne, Bounds::kGroups, Bounds::kEach}) {
    const auto same = [&](int) { return bounds; };
    expect_nearest(ConstArray(round), normal_points(31, 40, 100), same, 0.5);
    expect_nearest(ConstArray(one), normal_points(32, 40, 100), same, 0.5);
    expect_nearest(ConstArray(bytes), (flat_points(33, 40, 120).array() * 20 + 128).matrix(), same, 5);
    expect_nearest(ConstArray(apart), flat_points(34, 40, 100, 1e4), same, 0.3);
  }
}

TEST(Assignment, ReadsFewRowsInAllDimensionsWhereTheyAreProjected) {
  const RowMatrix<float> x = flat_points(24, 4000, 200).cast<float>();
  RowMatrix<double> centroids = flat_points(35, 60, 200);
  std::vector<Index> labels(4000);
  testing::Host host;
  Assignment assignment(ConstArray(x), 60, labels);
  EXPECT_LT(assignment.update(host.context(), centroids, Bounds::kGroups).scores, 4000 * 60 / 8);
  centroids.array() += 1e-3;
  EXPECT_LT(assignment.update(host.context(), centroids, Bounds::kGroups).scores, 4000 * 60 / 16);
}

TEST(Assignment, MayChangeItsBoundsBetweenPasses) {
  const RowMatrix<float> x = normal_points(5, 1500, 10).cast<float>();
  expect_nearest(
      ConstArray(x), normal_points(6, 60, 10), [](int pass) { return kAll[pass * 7 / 3 % 4]; }, 0.5, 20);
  const RowMatrix<std::uint8_t> bytes = (flat_points(25, 700, 120).array() * 20 + 128).cast<std::uint8_t>();
  expect_nearest(
      ConstArray(bytes), (flat_points(36, 30, 120).array() * 20 + 128).matrix(),
      [](int pass) { return kAll[pass * 7 / 3 % 4]; }, 5, 20);
}

TEST(Assignment, IsNotMisledByOffsetsScalesAndStrayRows) {
  for (const auto& [offset, spread] : {std::pair{1e4, 1.0}, {1e9, 1.0}, {0.0, 1e-30}, {0.0, 1e60}, {1e-3, 1e-5}}) {
    const RowMatrix<double> x = normal_points(7, 500, 9, offset, spread);
    const RowMatrix<float> floats = x.cast<float>();
    for (const Bounds bounds : kAll) {
      expect_nearest(
          ConstArray(x), normal_points(8, 20, 9, offset, spread), [&](int) { return bounds; }, spread);
      if (spread < 1e38)
        expect_nearest(
            ConstArray(floats), normal_points(8, 20, 9, offset, spread), [&](int) { return bounds; }, spread);
    }
  }
  RowMatrix<double> stray = normal_points(9, 300, 5);
  stray.row(7).setConstant(1e40);
  stray.row(8).setConstant(-1e17);
  for (const Bounds bounds : kAll)
    expect_nearest(ConstArray(stray), normal_points(10, 20, 5), [&](int) { return bounds; });
}

TEST(Assignment, GivesTiesToTheLowestIndexHoweverCentroidsCameThere) {
  // Whole numbers: many rows lie exactly between centroids, and many centroids on each other.
  Random random(11);
  RowMatrix<double> x(600, 2), centroids(40, 2);
  for (double& v : x.reshaped()) v = static_cast<double>(random.below(9));
  for (const Bounds bounds : kAll) {
    std::vector<Index> labels(600), expected(600);
    testing::Host host;
    Assignment assignment(ConstArray(x), 40, labels);
    for (int pass = 0; pass < 10; ++pass) {
      for (double& v : centroids.reshaped())
        if (pass == 0 || random.below(5) == 0) v = static_cast<double>(random.below(9));
      assignment.update(host.context(), centroids, bounds);
      nearest(host.context(), ConstArray(x), ConstArray(centroids), MutableArray(expected));
      ASSERT_EQ(labels, expected) << "pass " << pass;
    }
  }
}

TEST(Assignment, FindsTheNearestAgainAfterALabelFromOutside) {
  const RowMatrix<float> x = normal_points(12, 400, 6).cast<float>();
  const RowMatrix<double> centroids = normal_points(13, 30, 6);
  for (const Bounds bounds : kAll) {
    std::vector<Index> labels(400), expected(400);
    testing::Host host;
    Assignment assignment(ConstArray(x), 30, labels);
    assignment.update(host.context(), centroids, bounds);
    for (Index row = 0; row < 400; row += 3) assignment.relabel(row, (row * 7) % 30);
    assignment.update(host.context(), centroids, bounds);
    nearest(host.context(), ConstArray(x), ConstArray(centroids), MutableArray(expected));
    EXPECT_EQ(labels, expected);
  }
}

TEST(Assignment, CountsWhatItIsNotAskedToList) {
  const RowMatrix<float> x = normal_points(15, 2000, 5).cast<float>();
  for (const Bounds bounds : kAll) {
    std::vector<Index> labels(2000), listed(2000);
    testing::Host host;
    Assignment counting(ConstArray(x), 20, labels), listing(ConstArray(x), 20, listed);
    for (const std::uint64_t seed : {16, 17}) {
      const auto pass = counting.update(host.context(), normal_points(seed, 20, 5), bounds, Changes::kCounted);
      const auto other = listing.update(host.context(), normal_points(seed, 20, 5), bounds);
      EXPECT_TRUE(pass.changed.empty());
      EXPECT_EQ(pass.changes, other.changes);
      EXPECT_EQ(other.changed.size(), static_cast<std::size_t>(other.changes));
      EXPECT_EQ(labels, listed);
    }
  }
}

TEST(Assignment, LooksAtFewRowsOnceCentroidsRest) {
  RowMatrix<float> x = normal_points(14, 3000, 8).cast<float>();
  for (Index i = 0; i < 3000; ++i) x.row(i).array() += static_cast<float>(i % 30 * 3);
  RowMatrix<double> centroids(30, 8);
  for (Index c = 0; c < 30; ++c) centroids.row(c).setConstant(static_cast<double>(c * 3));
  for (const Bounds bounds : {Bounds::kOne, Bounds::kGroups, Bounds::kEach}) {
    std::vector<Index> labels(3000);
    testing::Host host;
    Assignment assignment(ConstArray(x), 30, labels);
    EXPECT_EQ(assignment.update(host.context(), centroids, bounds).rows_read, 3000);
    centroids.array() += 1e-3;
    assignment.update(host.context(), centroids, bounds);
    centroids.array() += 1e-3;
    const auto pass = assignment.update(host.context(), centroids, bounds);
    EXPECT_LT(pass.rows_read, 30);
    EXPECT_LT(pass.scores, 1000);
  }
}

TEST(Assignment, NamesWhatDoesNotFit) {
  const RowMatrix<double> x = RowMatrix<double>::Zero(5, 3), wide = RowMatrix<double>::Zero(2, 4);
  std::vector<Index> labels(5), few(4);
  testing::Host host;
  EXPECT_THAT([&] { Assignment(ConstArray(x), 2, few); },
              ThrowsMessage<InputError>(HasSubstr("needs 5 labels, got 4")));
  Assignment assignment(ConstArray(x), 2, labels);
  EXPECT_THAT([&] { assignment.update(host.context(), wide, Bounds::kNone); },
              ThrowsMessage<InputError>(HasSubstr("expected centroids (2, 3), got (2, 4)")));
}

}  // namespace
}  // namespace shoal::kernels
