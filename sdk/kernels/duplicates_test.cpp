#include "shoal/kernels/duplicates.h"

#include <gmock/gmock.h>

#include <cstring>
#include <map>
#include <string>

#include "kinds.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::ElementsAre;

RowMatrix<double> normal_points(std::uint64_t seed, Index n, Index d) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (double& v : out.reshaped()) v = random.normal();
  return out;
}

// Row i is one of `kinds` rows, drawn.
template <typename Scalar>
RowMatrix<Scalar> repeated(std::uint64_t seed, Index n, Index kinds, Index d) {
  const RowMatrix<Scalar> some = (normal_points(seed, kinds, d).array() * 20 + 128).template cast<Scalar>();
  Random random(seed + 1);
  RowMatrix<Scalar> out(n, d);
  for (Index i = 0; i < n; ++i) out.row(i) = some.row(random.below(kinds));
  return out;
}

// The plain way: a map from a row's bytes to its number.
template <typename Scalar>
void expect_kinds(const RowMatrix<Scalar>& x) {
  std::map<std::string, std::int32_t> kinds;
  std::vector<std::int32_t> expected;
  for (Index i = 0; i < x.rows(); ++i) {
    const std::string bytes(reinterpret_cast<const char*>(x.row(i).data()),
                            static_cast<std::size_t>(x.cols()) * sizeof(Scalar));
    expected.push_back(kinds.emplace(bytes, static_cast<std::int32_t>(kinds.size())).first->second);
  }
  const auto count = static_cast<Index>(kinds.size());
  for (const int threads : {1, 3}) {
    testing::Host host({.threads = threads});
    const auto found = find_distinct_rows(host.context(), ConstArray(x), count);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind_of_row, expected);
    ASSERT_EQ(found->features.view().rows(), count);
    const auto rows = found->features.view().matrix<Scalar>();
    for (Index i = 0; i < x.rows(); ++i)
      ASSERT_EQ(rows.row(found->kind_of_row[static_cast<std::size_t>(i)]), x.row(i)) << i;
    EXPECT_FALSE(find_distinct_rows(host.context(), ConstArray(x), count - 1));
  }
}

TEST(Duplicates, AreTheRowsOfTheSameBytes) {
  for (const Index d : {1, 3, 8, 33, 100}) {
    expect_kinds(repeated<double>(1, 1000, 90, d));
    expect_kinds(repeated<float>(2, 1000, 90, d));
    expect_kinds(repeated<std::uint8_t>(3, 1000, 90, d));
  }
  expect_kinds(RowMatrix<float>(normal_points(4, 700, 5).cast<float>()));  // all different
  expect_kinds(RowMatrix<float>(RowMatrix<float>::Ones(700, 5)));
}

TEST(Duplicates, DifferInTheSignOfZeroAndInTheirLastByte) {
  RowMatrix<double> x = RowMatrix<double>::Zero(3, 4);
  x(1, 2) = -0.0;
  testing::Host host;
  EXPECT_THAT(find_distinct_rows(host.context(), ConstArray(x), 3)->kind_of_row, ElementsAre(0, 1, 0));
  RowMatrix<std::uint8_t> bytes = RowMatrix<std::uint8_t>::Zero(3, 37);
  bytes(1, 36) = 1;
  EXPECT_THAT(find_distinct_rows(host.context(), ConstArray(bytes), 3)->kind_of_row, ElementsAre(0, 1, 0));
}

TEST(Duplicates, AreToldApartWhereHashesAreNot) {
  const RowMatrix<float> x = repeated<float>(5, 600, 40, 7);
  testing::Host host({.threads = 2});
  const auto expected = find_distinct_rows(host.context(), ConstArray(x), 600);
  const std::vector<std::uint64_t> one(600, 17);
  const auto found = find_kinds(host.context(), Rows(ConstArray(x)), one, 600);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind_of_row, expected->kind_of_row);
  EXPECT_EQ(found->rows.size(), 40U);
  EXPECT_FALSE(find_kinds(host.context(), Rows(ConstArray(x)), one, 39));
}

TEST(Duplicates, AreWorthALookWhereHalfOfTheRowsAreRepeated) {
  EXPECT_TRUE(seem_repeated(ConstArray(repeated<float>(6, 20000, 10000, 6))));
  EXPECT_TRUE(seem_repeated(ConstArray(repeated<std::uint8_t>(7, 500, 50, 6))));
  EXPECT_FALSE(seem_repeated(ConstArray(RowMatrix<float>(normal_points(8, 20000, 6).cast<float>()))));
  EXPECT_FALSE(seem_repeated(ConstArray(RowMatrix<float>(normal_points(9, 3, 6).cast<float>()))));
}

}  // namespace
}  // namespace shoal::kernels
