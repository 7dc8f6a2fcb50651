// What every way of seeding holds, and how often each chooses what.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "shoal/kernels/seeding.h"
#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

using ::testing::ThrowsMessage;

std::vector<Index> seeds(Seeding method, const RowMatrix<double>& x, Index k, std::uint64_t seed,
                         std::span<const double> weights = {}, int threads = 1) {
  testing::Host host({.threads = threads});
  return seed_rows(method, host.context(), ConstArray(x), k, Random(seed), weights);
}

RowMatrix<double> uniform_points(std::uint64_t seed, Index n, Index d) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = random.uniform();
  return out;
}

// How often each pair of the rows 0, 1, 3 of a line is chosen, against what is expected, within four standard
// deviations. A pair is named by the row left out.
void expect_pairs(Seeding method, std::span<const double> weights, std::map<Index, double> expected) {
  constexpr int kTries = 6000;
  const RowMatrix<double> x{{0}, {1}, {3}};
  std::map<Index, int> counts;
  for (std::uint64_t seed = 0; seed < kTries; ++seed) {
    const std::vector<Index> rows = seeds(method, x, 2, seed, weights);
    ASSERT_NE(rows[0], rows[1]);
    ++counts[3 - rows[0] - rows[1]];
  }
  for (const auto& [left_out, p] : expected)
    EXPECT_NEAR(counts[left_out] / double{kTries}, p, 4 * std::sqrt(p * (1 - p) / kTries)) << left_out;
}

// By hand, unweighted: from 0 the next is 1 or 3 with 1/10 and 9/10, from 1 it is 0 or 3 with 1/5 and 4/5, from 3 it is
// 0 or 1 with 9/13 and 4/13. With weights 2, 1, 1 the first is 0 half of the time, and from there 1/10, 9/10; from 1 it
// is 1/3, 2/3; from 3 it is 18/22, 4/22.
const std::map<Index, double> kPlain{{2, (0.1 + 0.2) / 3}, {1, (0.9 + 9.0 / 13) / 3}, {0, (0.8 + 4.0 / 13) / 3}};
const std::vector<double> kWeights{2, 1, 1};
const std::map<Index, double> kPlainWeighted{
    {2, 0.5 * 0.1 + 0.25 / 3}, {1, 0.5 * 0.9 + 0.25 * 18 / 22}, {0, 0.25 * 2 / 3 + 0.25 * 4 / 22}};
// Of two candidates the greedy one takes 3 unless both are the other (it leaves 1, not 4); from 3 both leave 1, and the
// first drawn stays.
const std::map<Index, double> kGreedy{{2, (0.01 + 0.04) / 3}, {1, (0.99 + 9.0 / 13) / 3}, {0, (0.96 + 4.0 / 13) / 3}};

TEST(PlainKMeansPlusPlus, DrawsByWeightAndSquaredDistance) {
  expect_pairs(Seeding::kPlainKMeansPlusPlus, {}, kPlain);
  expect_pairs(Seeding::kPlainKMeansPlusPlus, kWeights, kPlainWeighted);
}

TEST(GreedyKMeansPlusPlus, PrefersWhatLeavesLess) { expect_pairs(Seeding::kKMeansPlusPlus, {}, kGreedy); }

TEST(AfkMc2, EndsNearTheDistributionOfKMeansPlusPlus) {  // 200 steps on three rows: as good as there
  expect_pairs(Seeding::kAfkMc2, {}, kPlain);
  expect_pairs(Seeding::kAfkMc2, kWeights, kPlainWeighted);
}

TEST(KMeansParallel, SeedsItsCandidatesGreedily) {  // of three rows all are candidates after two rounds
  expect_pairs(Seeding::kKMeansParallel, {}, kGreedy);
}

TEST(KMeansParallel, WeighsCandidatesByTheRowsTheyStandFor) {
  // 4000 rows at two places far apart and one outlier between: of k = 2, neither is the outlier's but by a rare draw.
  RowMatrix<double> x = uniform_points(1, 4001, 2);
  for (Index i = 0; i < 4000; i += 2) x(i, 0) += 100;
  x.row(4000) << 50, 50;
  int outlier = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    for (const Index row : seeds(Seeding::kKMeansParallel, x, 2, seed)) outlier += row == 4000 ? 1 : 0;
  EXPECT_LE(outlier, 2);
}

class EveryWay : public ::testing::TestWithParam<std::pair<const char*, Seeding>> {
 protected:
  Seeding method() const { return GetParam().second; }
};
INSTANTIATE_TEST_SUITE_P(Seedings, EveryWay, ::testing::ValuesIn(kSeedings), [](const auto& way) {
  std::string name = way.param.first;  // letters alone are allowed
  std::erase_if(name, [](char c) { return c == '-'; });
  std::replace(name.begin(), name.end(), '+', 'p');
  std::replace(name.begin(), name.end(), '|', 'l');
  return name;
});

TEST_P(EveryWay, FindsEveryOneOfFarGroups) {
  if (method() == Seeding::kRandom) return;  // promises nothing of the kind
  RowMatrix<double> x = uniform_points(1, 60, 2);
  for (Index i = 0; i < 60; ++i) x(i, 0) += 1000.0 * static_cast<double>(i % 6);
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    std::set<Index> groups;
    for (const Index row : seeds(method(), x, 6, seed)) groups.insert(row % 6);
    EXPECT_EQ(groups.size(), 6U) << seed;
  }
}

TEST_P(EveryWay, IsTheSameForAnyNumberOfThreads) {
  const RowMatrix<double> x = uniform_points(2, 5000, 7);
  EXPECT_EQ(seeds(method(), x, 40, 3), seeds(method(), x, 40, 3, {}, 3));
  EXPECT_NE(seeds(method(), x, 40, 3), seeds(method(), x, 40, 4));
}

TEST_P(EveryWay, TakesDifferentRowsAndNoneOfWeightZero) {
  RowMatrix<double> x = uniform_points(5, 50, 2);
  x.row(7).setConstant(1e6);  // an outlier that any unweighted choice would want
  std::vector<double> weights(50, 1.0);
  weights[7] = weights[8] = 0;
  for (const Index k : {1, 8, 48})
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const std::vector<Index> rows = seeds(method(), x, k, seed, weights);
      EXPECT_EQ(std::set<Index>(rows.begin(), rows.end()).size(), static_cast<std::size_t>(k));
      for (const Index row : rows) EXPECT_TRUE(row >= 0 && row < 50 && row != 7 && row != 8);
    }
}

TEST_P(EveryWay, RepeatsARowOnlyWhenNoOtherIsLeft) {
  if (method() == Seeding::kRandom) return;  // its rows differ, their numbers may not
  RowMatrix<double> x(12, 1);
  x << 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RowMatrix<double> found = take_rows(ConstArray(x), seeds(method(), x, 5, seed));
    EXPECT_EQ(std::set<double>(found.data(), found.data() + 5).size(), 3U);
  }
  EXPECT_EQ(seeds(method(), RowMatrix<double>::Constant(4, 2, 0.1), 3, 0).size(), 3U);
}

TEST_P(EveryWay, SaysHowManyRowsThereAre) {
  const RowMatrix<double> x = uniform_points(6, 5, 2);
  EXPECT_THAT([&] { seeds(method(), x, 8, 0); }, ThrowsMessage<InputError>("k is 8 but there are only 5 examples"));
  const std::vector<double> weights{1, 0, 0, 2, 0}, few{1, 2};
  EXPECT_THAT([&] { seeds(method(), x, 3, 0, weights); },
              ThrowsMessage<InputError>("k is 3 but only 2 examples have a weight above 0"));
  EXPECT_THAT([&] { seeds(method(), x, 2, 0, few); }, ThrowsMessage<InputError>("needs 5 weights, got 2"));
}

}  // namespace
}  // namespace shoal::kernels
