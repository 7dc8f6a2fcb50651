#include "shoal/kernels/nearest.h"

#include <gmock/gmock.h>

#include <limits>

#include "nearest_on.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// The definition, word for word: column c adds to partial sum c mod 8, the eight are added pairwise.
template <typename X, typename C>
double squared_distance(const X& x, const C& c) {
  double s[8] = {};
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const double difference = static_cast<double>(x(j)) - static_cast<double>(c(j));
    s[j % 8] += difference * difference;
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

template <typename X, typename C>
void expect_the_plain_loop(const RowMatrix<X>& x, const RowMatrix<C>& centroids) {
  std::vector<Index> expected;
  std::vector<double> expected_distance;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    Index label = 0;
    for (Eigen::Index c = 1; c < centroids.rows(); ++c)
      if (squared_distance(x.row(i), centroids.row(c)) < squared_distance(x.row(i), centroids.row(label))) label = c;
    expected.push_back(label);
    expected_distance.push_back(squared_distance(x.row(i), centroids.row(label)));
  }
  for (const Isa isa : supported_isas())
    for (const int threads : {1, 3}) {
      SCOPED_TRACE(text("isa {}, {} threads, {} x {}, k {}", static_cast<int>(isa), threads, x.rows(), x.cols(),
                        centroids.rows()));
      testing::Host host({.threads = threads});
      std::vector<Index> labels(expected.size(), -1);
      std::vector<double> distance(expected.size(), -1);
      nearest_on(isa, host.context(), ConstArray(x), ConstArray(centroids), labels, distance);
      ASSERT_EQ(labels, expected);
      ASSERT_EQ(distance, expected_distance);
    }
}

template <typename Scalar>
RowMatrix<Scalar> normal_points(std::uint64_t seed, Index n, Index d, double offset = 0, double spread = 1) {
  Random random(seed);
  RowMatrix<Scalar> out(n, d);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j) out(i, j) = static_cast<Scalar>(offset + spread * random.normal());
  return out;
}

TEST(Nearest, IsThePlainLoopAroundEveryVectorWidth) {
  for (const Index d : {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100})
    for (const Index k : {1, 2, 15, 16, 17, 31, 33, 48, 49, 64, 65, 97}) {
      expect_the_plain_loop(normal_points<float>(1, 23, d), normal_points<double>(2, k, d));
      expect_the_plain_loop(normal_points<double>(3, 23, d), normal_points<double>(4, k, d));
    }
}

TEST(Nearest, IsThePlainLoopAroundEverySpanOfColumns) {  // of few centroids and of many, which are scored in two ways
  for (const Index d : {111, 112, 113, 224, 225, 337, 785})
    for (const Index k : {3, 16, 40, 97}) {
      expect_the_plain_loop(normal_points<float>(21, 149, d), normal_points<double>(22, k, d));
      const shoal::RowMatrix<double> centroids = normal_points<double>(23, k, d);
      const shoal::RowMatrix<double> close = centroids.colwise().mean().replicate(k, 1) + 1e-7 * centroids;
      expect_the_plain_loop(normal_points<float>(24, 149, d), close);  // float32 cannot tell these apart
    }
}

TEST(Nearest, IsThePlainLoopAroundEveryBlockOfRows) {
  for (const Index n : {1, 2, 5, 95, 96, 97, 767, 768, 769, 1600})
    expect_the_plain_loop(normal_points<float>(5, n, 12), normal_points<float>(6, 20, 12));
}

TEST(Nearest, OfOneColumnIsThePlainLoopWithTiesAndFarRows) {
  RowMatrix<double> x(9, 1), centroids(8, 1);
  x << 0, 1, 1.5, 2, -7, 1e300, -1e-200, 1e17, 3;
  centroids << 2, 1, 1, 3, 1e-170, 0, 2, -1e-170;
  expect_the_plain_loop(x, centroids);
  expect_the_plain_loop(normal_points<float>(13, 3000, 1), normal_points<double>(14, 500, 1));
  expect_the_plain_loop(normal_points<std::uint8_t>(15, 300, 1, 128, 30), normal_points<double>(16, 40, 1, 128, 30));
}

TEST(Nearest, TakesBytesAndRowsThatLieApart) {
  const auto bytes = normal_points<std::uint8_t>(7, 200, 50, 128, 30);
  expect_the_plain_loop(bytes, normal_points<double>(8, 10, 50, 128, 30));
  const auto centroids = normal_points<double>(8, 10, 20, 128, 30);
  RowMatrix<std::uint8_t> copied = bytes.leftCols(20);
  const std::int64_t shape[] = {200, 20}, strides[] = {50, 1};
  const shoal_array apart = {
      const_cast<std::uint8_t*>(bytes.data()), 1, 0, 2, SHOAL_CODE_UINT, 8, 1, shape, strides, 0};
  std::vector<Index> labels(200), of_copy(200);
  testing::Host host;
  nearest(host.context(), ConstArray(apart), ConstArray(centroids), MutableArray(labels));
  nearest(host.context(), ConstArray(copied), ConstArray(centroids), MutableArray(of_copy));
  EXPECT_EQ(labels, of_copy);
}

TEST(Nearest, GivesTiesToTheLowestIndex) {
  const RowMatrix<double> centroids{{3}, {1}, {3}, {1}, {-1}};
  const RowMatrix<double> x{{2}, {0}, {3}, {1}, {100}};  // between 0, 1, 2, 3; between 1, 3, 4; on 0, 2; on 1, 3
  std::vector<Index> labels(5);
  testing::Host host;
  nearest(host.context(), ConstArray(x), ConstArray(centroids), MutableArray(labels));
  EXPECT_THAT(labels, ElementsAre(0, 1, 0, 1, 0));
  expect_the_plain_loop(x, centroids);
}

TEST(Nearest, GivesDuplicatesOfOneCentroidToTheFirst) {
  const RowMatrix<double> centroids = RowMatrix<double>::Constant(40, 3, 0.1);
  std::vector<Index> labels(100, -1);
  testing::Host host;
  nearest(host.context(), ConstArray(normal_points<float>(9, 100, 3)), ConstArray(centroids), MutableArray(labels));
  EXPECT_THAT(labels, Each(0));
}

TEST(Nearest, DecidesAsFloat64WhereFloat32CannotTellCentroidsApart) {
  RowMatrix<double> centroids = normal_points<double>(10, 30, 20);
  for (Index c = 15; c < 30; ++c) centroids.row(c) = centroids.row(c - 15).array() + 1e-12 * (c - 20);
  expect_the_plain_loop(normal_points<double>(11, 300, 20), centroids);
}

TEST(Nearest, IsNotMisledByALargeOffset) {  // scikit-learn's predict: 1744 of 2000 labels wrong in float32
  expect_the_plain_loop(normal_points<float>(12, 500, 10, 1e4), normal_points<float>(13, 20, 10, 1e4));
  expect_the_plain_loop(normal_points<double>(12, 500, 10, 1e9), normal_points<double>(13, 20, 10, 1e9));
}

TEST(Nearest, HoldsAtTheEndsOfTheRangeOfFloat64) {
  for (const double size : {5e-324, 1e-310, 1e-160, 1e-30, 1e30, 1e120, 1e150, 1e154})
    expect_the_plain_loop(normal_points<double>(14, 120, 9, 0, size), normal_points<double>(15, 17, 9, 0, size));
  expect_the_plain_loop(normal_points<float>(16, 120, 9, 0, 1e-43), normal_points<float>(17, 17, 9, 0, 1e-43));
  expect_the_plain_loop(normal_points<double>(18, 120, 9, 0, 1e60),
                        normal_points<double>(19, 17, 9));  // rows far outside
  expect_the_plain_loop(normal_points<double>(20, 120, 9), normal_points<double>(21, 17, 9, 0, 1e-60));
}

TEST(Nearest, RechecksFewRows) {  // the radius is proven, not so wide as to be useless
  testing::Host host;
  const auto x = normal_points<float>(22, 5000, 100);
  std::vector<Index> labels(5000);
  const auto report =
      nearest_on(best_isa(), host.context(), ConstArray(x), ConstArray(normal_points<double>(23, 50, 100)), labels, {});
  EXPECT_LT(report.rechecked, 25);
}

TEST(Nearest, NamesBothSizesThatDoNotFit) {
  testing::Host host;
  std::vector<Index> labels(4);
  const RowMatrix<double> x = RowMatrix<double>::Zero(4, 3);
  const RowMatrix<double> wide = RowMatrix<double>::Zero(2, 5);
  EXPECT_THAT([&] { nearest(host.context(), ConstArray(x), ConstArray(wide), MutableArray(labels)); },
              ThrowsMessage<InputError>(HasSubstr("expected 5 columns, got 3")));
  labels.resize(3);
  EXPECT_THAT([&] { nearest(host.context(), ConstArray(x), ConstArray(x), MutableArray(labels)); },
              ThrowsMessage<InputError>(HasSubstr("needs 4 labels, got 3")));
}

TEST(Inertia, IsWeightedAndByDirectDifferences) {
  // By expansion, ‖x‖² − 2x·c + ‖c‖² in float32 would give 0 here; by hand 2·1e-8 + 3·4e-8 = 1.4e-7.
  const RowMatrix<double> x{{1000.0001}, {1000.0002}};
  const RowMatrix<double> centroids{{1000.0}};
  const std::vector<Index> labels{0, 0};
  const std::vector<double> weights{2, 3};
  testing::Host host;
  EXPECT_NEAR(inertia(host.context(), ConstArray(x), ConstArray(centroids), labels, weights), 1.4e-7, 1e-15);
  const std::vector<Index> wrong{0, 1};
  EXPECT_THAT([&] { inertia(host.context(), ConstArray(x), ConstArray(centroids), wrong); },
              ThrowsMessage<InputError>(HasSubstr("row 1 has label 1, but there are 1 centroids")));
}

}  // namespace
}  // namespace shoal::kernels
