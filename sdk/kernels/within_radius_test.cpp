#include "shoal/kernels/within_radius.h"

#include <gmock/gmock.h>

#include "shoal/testing.h"
#include "shoal/testing_points.h"

namespace shoal::kernels {
namespace {

using shoal::testing::Host;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Found = std::vector<std::vector<Index>>;

Found found(int threads, ConstArray queries, ConstArray points, double radius) {
  Host host({.threads = threads});
  Found out(static_cast<std::size_t>(queries.rows()));
  each_within_radius(host.context(), queries, points, radius, [&](Index query, std::span<const Index> near) {
    std::vector<Index>& all = out[static_cast<std::size_t>(query)];
    all.insert(all.end(), near.begin(), near.end());
  });
  return out;
}

Found found_earlier(ConstArray points, double radius) {
  Host host({.threads = 2});
  Found out(static_cast<std::size_t>(points.rows()));
  each_earlier_within_radius(host.context(), points, radius, [&](Index query, std::span<const Index> near) {
    std::vector<Index>& all = out[static_cast<std::size_t>(query)];
    all.insert(all.end(), near.begin(), near.end());
  });
  return out;
}

/// By float64 differences of all pairs, column c going to sum c mod 8 as the kernels have it.
Found by_trying_all(const RowMatrix<double>& queries, const RowMatrix<double>& points, double radius) {
  Found out(static_cast<std::size_t>(queries.rows()));
  for (Index i = 0; i < queries.rows(); ++i) {
    for (Index j = 0; j < points.rows(); ++j) {
      double s[8] = {};
      for (Index c = 0; c < points.cols(); ++c)
        s[c % 8] += (queries(i, c) - points(j, c)) * (queries(i, c) - points(j, c));
      if (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])) <= radius * radius)
        out[static_cast<std::size_t>(i)].push_back(j);
    }
  }
  return out;
}

TEST(WithinRadius, FindsWhatAllPairsFind) {
  for (const Index cols : {1, 2, 7, 10, 33, 130}) {
    SCOPED_TRACE(cols);
    const RowMatrix<double> points = testing::normal_points(1, 700, cols),
                            queries = testing::normal_points(2, 211, cols);
    const double radius = std::sqrt(1.5 * static_cast<double>(cols));
    const Found expected = by_trying_all(queries, points, radius);
    EXPECT_EQ(found(1, ConstArray(queries), ConstArray(points), radius), expected);
    EXPECT_EQ(found(3, ConstArray(queries), ConstArray(points), radius), expected);
    const RowMatrix<float> rounded = points.cast<float>();
    const RowMatrix<double> widened = rounded.cast<double>();
    EXPECT_EQ(found(2, ConstArray(rounded), ConstArray(rounded), radius), by_trying_all(widened, widened, radius));
  }
}

TEST(WithinRadius, DecidesPairsThatLieOnTheRadiusInFloat64) {
  // On a lattice many pairs are exactly 5 apart, off by one bit where it is moved far away or scaled.
  for (const auto& [offset, scale] :
       {std::pair(0.0, 1.0), std::pair(1e6, 1.0), std::pair(0.0, 1e-3), std::pair(-3.0, 0.1)}) {
    SCOPED_TRACE(offset);
    RowMatrix<double> points(400, 2);
    for (Index i = 0; i < 400; ++i) points.row(i) << offset + scale * (i % 20), offset + scale * (i / 20);
    EXPECT_EQ(found(2, ConstArray(points), ConstArray(points), 5 * scale), by_trying_all(points, points, 5 * scale));
  }
}

TEST(WithinRadius, TakesBytesEqualRowsAndRadiusZero) {
  RowMatrix<std::uint8_t> bytes(300, 3);
  for (Index i = 0; i < 300; ++i) bytes.row(i) << i % 7, 255 - i % 5, 200;
  const RowMatrix<double> wide = bytes.cast<double>();
  EXPECT_EQ(found(2, ConstArray(bytes), ConstArray(bytes), 0), by_trying_all(wide, wide, 0));
  EXPECT_EQ(found(2, ConstArray(bytes), ConstArray(bytes), 3), by_trying_all(wide, wide, 3));
  const RowMatrix<double> huge = wide * 1e200;  // squares are no numbers in float32, nor these in float64
  EXPECT_EQ(found(2, ConstArray(huge), ConstArray(huge), 0), by_trying_all(huge, huge, 0));
}

TEST(WithinRadius, HandsManyPointsOnInSeveralCalls) {
  const RowMatrix<double> points = RowMatrix<double>::Zero(5000, 2);
  const Found all = found(2, ConstArray(points), ConstArray(points), 1);
  for (Index i = 0; i < 5000; i += 777) {
    ASSERT_EQ(all[static_cast<std::size_t>(i)].size(), 5000u);
    EXPECT_EQ(all[static_cast<std::size_t>(i)][4321], 4321);
  }
}

TEST(WithinRadius, FindsTheEarlierOnes) {
  const RowMatrix<double> points = testing::normal_points(3, 500, 4);
  Found expected = by_trying_all(points, points, 1.2);
  for (Index i = 0; i < 500; ++i) std::erase_if(expected[static_cast<std::size_t>(i)], [&](Index j) { return j >= i; });
  EXPECT_EQ(found_earlier(ConstArray(points), 1.2), expected);
}

TEST(WithinRadius, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> points = testing::normal_points(3, 10, 4), narrow = testing::normal_points(3, 10, 3);
  EXPECT_THAT([&] { found(1, ConstArray(narrow), ConstArray(points), 1); },
              ThrowsMessage<InputError>(HasSubstr("expected 4 columns, got 3")));
  EXPECT_THAT([&] { found(1, ConstArray(points), ConstArray(points), -1); },
              ThrowsMessage<InputError>(HasSubstr("at least 0")));
  Host host({.cancel_after = 0});
  EXPECT_THROW(each_within_radius(host.context(), ConstArray(points), ConstArray(points), 1, [](Index, auto) {}),
               Cancelled);
}

}  // namespace
}  // namespace shoal::kernels
