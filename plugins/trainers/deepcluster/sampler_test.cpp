#include "sampler.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Labels = std::vector<std::int64_t>;

/// Σ (n − mean)²/mean over the labels that `pseudo` gives the rows.
double chi_squared(const PseudoLabels& pseudo, const Labels& rows) {
  std::vector<double> drawn(pseudo.sizes.size(), 0);
  for (const std::int64_t row : rows) ++drawn[static_cast<std::size_t>(pseudo.labels[static_cast<std::size_t>(row)])];
  const double mean = static_cast<double>(rows.size()) / static_cast<double>(drawn.size());
  double out = 0;
  for (const double count : drawn) out += (count - mean) * (count - mean) / mean;
  return out;
}

PseudoLabels very_uneven() {  // 1000, 500, 100, 20 and 2, shuffled
  Labels labels;
  for (const std::int64_t size : {1000, 500, 100, 20, 2})
    labels.insert(labels.end(), static_cast<std::size_t>(size), size);
  shoal::Random(3).shuffle(std::span(labels));
  return compact(labels);
}

// What the reference implementation says it does and does not (study A2.1): clusters of 500 : 1 fill the batches alike.
TEST(DrawUniform, DrawsClustersOfVeryDifferentSizesEquallyOften) {
  const PseudoLabels pseudo = very_uneven();
  const Labels rows = draw_uniform({&pseudo, 1}, shoal::Random(5));
  ASSERT_THAT(rows, SizeIs(1622));
  EXPECT_LT(chi_squared(pseudo, rows), 18.47);  // the 99.9 % point of χ² with 4 degrees of freedom
}

TEST(DrawUniform, LetsSeveralHeadsDecideInTurn) {
  const PseudoLabels uneven = very_uneven();
  PseudoLabels other = uneven;  // another grouping of the same examples, its rows the other way round
  std::reverse(other.labels.begin(), other.labels.end());
  const std::array heads{uneven, other};
  const Labels rows = draw_uniform(heads, shoal::Random(5));
  ASSERT_THAT(rows, SizeIs(1622));
  std::array<Labels, 2> decided;
  for (std::size_t i = 0; i < rows.size(); ++i) decided[i % 2].push_back(rows[i]);
  EXPECT_LT(chi_squared(uneven, decided[0]), 18.47);
  EXPECT_LT(chi_squared(other, decided[1]), 18.47);
  EXPECT_GT(chi_squared(uneven, decided[1]), 100);
}

TEST(Draw, LeavesNoiseOutAndNaturalTakesEachOnce) {
  const PseudoLabels pseudo = compact(Labels{0, -1, 1, 0, -1, 1, 1});
  Labels natural = draw_natural({&pseudo, 1}, shoal::Random(0));
  std::sort(natural.begin(), natural.end());
  EXPECT_THAT(natural, ElementsAre(0, 2, 3, 5, 6));
  for (const std::int64_t row : draw_uniform({&pseudo, 1}, shoal::Random(0)))
    EXPECT_GE(pseudo.labels[static_cast<std::size_t>(row)], 0);
  // Of several heads one with a label for it is enough.
  const std::array heads{pseudo, compact(Labels{-1, 0, 1, 0, -1, 1, 1})};
  natural = draw_natural(heads, shoal::Random(0));
  std::sort(natural.begin(), natural.end());
  EXPECT_THAT(natural, ElementsAre(0, 1, 2, 3, 5, 6));
}

}  // namespace
