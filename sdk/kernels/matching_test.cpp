#include "shoal/kernels/matching.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "shoal/matrix.h"
#include "shoal/random.h"

namespace shoal::kernels {
namespace {

using ::testing::ElementsAre;

/// The greatest weight of all matchings, each of them tried.
double best_by_trying_all(const RowMatrix<double>& weights) {
  const RowMatrix<double> wide = weights.rows() <= weights.cols() ? weights : RowMatrix<double>(weights.transpose());
  std::vector<Eigen::Index> columns(static_cast<std::size_t>(wide.cols()));
  std::iota(columns.begin(), columns.end(), 0);
  double best = -std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (Eigen::Index i = 0; i < wide.rows(); ++i) sum += wide(i, columns[static_cast<std::size_t>(i)]);
    best = std::max(best, sum);
  } while (std::next_permutation(columns.begin(), columns.end()));
  return best;
}

TEST(MaxWeightMatching, GivesUpTheBestPairForABetterSum) {
  // By hand: the greatest entry 10 leaves 1 for the other row; 9 + 8 is better.
  const Matching found = max_weight_matching(RowMatrix<double>{{10, 9}, {8, 1}});
  EXPECT_THAT(found.column_of, ElementsAre(1, 0));
  EXPECT_EQ(found.weight, 17);
}

TEST(MaxWeightMatching, LeavesTheWorstRowsAloneWhereThereAreTooFewColumns) {
  const Matching found = max_weight_matching(RowMatrix<double>{{1}, {3}, {2}});
  EXPECT_THAT(found.column_of, ElementsAre(-1, 0, -1));
  EXPECT_EQ(found.weight, 3);
}

TEST(MaxWeightMatching, IsTheBestOfAllMatchingsThatThereAre) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    RowMatrix<double> weights(1 + random.below(6), 1 + random.below(6));
    // Whole numbers from few values, so that ties abound; every third case negative ones and fractions.
    for (double& w : weights.reshaped())
      w = seed % 3 == 0 ? random.uniform(-1, 1) : static_cast<double>(random.below(4));
    const Matching found = max_weight_matching(weights);
    EXPECT_NEAR(found.weight, best_by_trying_all(weights), 1e-12);

    std::vector<std::int64_t> used;
    for (const std::int64_t column : found.column_of)
      if (column != -1) used.push_back(column);
    EXPECT_EQ(static_cast<Eigen::Index>(used.size()), std::min(weights.rows(), weights.cols()));
    std::sort(used.begin(), used.end());
    EXPECT_EQ(std::adjacent_find(used.begin(), used.end()), used.end()) << "a column is matched twice";
  }
}

TEST(MaxWeightMatching, OfNothingIsEmpty) {
  EXPECT_TRUE(max_weight_matching(RowMatrix<double>(0, 0)).column_of.empty());
  EXPECT_THAT(max_weight_matching(RowMatrix<double>(2, 0)).column_of, ElementsAre(-1, -1));
}

TEST(MaxWeightMatching, RefusesWeightsThatAreNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(max_weight_matching(RowMatrix<double>{{1, nan}}), InputError);
}

}  // namespace
}  // namespace shoal::kernels
