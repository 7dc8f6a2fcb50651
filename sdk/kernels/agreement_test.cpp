#include "shoal/kernels/agreement.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "../../tests/reference/reference.h"
#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

/// "0012" as labels 0, 0, 1, 2; "x" is noise.
Labels labels(const std::string& digits) {
  Labels out;
  for (const char c : digits) out.push_back(c == 'x' ? -1 : c - '0');
  return out;
}
Contingency table(const std::string& truth, const std::string& predicted) {
  return contingency(labels(truth), labels(predicted));
}

TEST(Contingency, CountsHowOftenTwoLabelsMeet) {
  const Contingency found = contingency(Labels{5, 5, 0, 5}, Labels{1, 1, 1, 700});
  EXPECT_THAT(found.row_labels, ElementsAre(0, 5));
  EXPECT_THAT(found.column_labels, ElementsAre(1, 700));
  EXPECT_THAT(found.row_sums, ElementsAre(1, 3));
  EXPECT_THAT(found.column_sums, ElementsAre(3, 1));
  EXPECT_EQ(dense(found), (RowMatrix<std::int64_t>{{1, 0}, {2, 1}}));
}

TEST(Contingency, SaysWhatIsWrongWithLabels) {
  EXPECT_THAT(
      [] {
        contingency(Labels{0, 1}, Labels{0});
      },
      ThrowsMessage<InputError>(HasSubstr("'labels' are of 2 examples, but 'predicted' of 1")));
  EXPECT_THAT([] { contingency(Labels{}, Labels{}); }, ThrowsMessage<InputError>(HasSubstr("at least 1 example")));
  EXPECT_THAT(
      [] {
        contingency(Labels{0, 1}, Labels{0, -2});
      },
      ThrowsMessage<InputError>(HasSubstr("'predicted' hold -2 at row 1")));
}

// ARI by hand: 0011 | 0012 puts 1 of 6 pairs together in both, 2 and 1 in each: (1 − 1/3) / (1.5 − 1/3) = 4/7; NMI:
// I = ln 2, H = ln 2 and 1.5 ln 2, so 1/1.25. 0011 | 0101: no pair in both: (0 − 2/3) / (2 − 2/3) = −1/2; I = 0.
TEST(Agreement, HasTheValuesOfSmallCases) {
  EXPECT_DOUBLE_EQ(ari(table("0011", "0012")), 4.0 / 7);
  EXPECT_DOUBLE_EQ(nmi(table("0011", "0012")), 0.8);
  EXPECT_DOUBLE_EQ(ari(table("0011", "0101")), -0.5);
  EXPECT_EQ(nmi(table("0011", "0101")), 0);
  EXPECT_DOUBLE_EQ(clustering_accuracy(table("001122", "110002")), 5.0 / 6);
  EXPECT_DOUBLE_EQ(purity(table("001122", "110002")), 5.0 / 6);
}

TEST(Agreement, IsPerfectForARenamedCopy) {
  const Contingency renamed = table("0011222", "7733000");
  EXPECT_DOUBLE_EQ(nmi(renamed), 1);
  EXPECT_EQ(ari(renamed), 1);
  EXPECT_EQ(purity(renamed), 1);
  EXPECT_EQ(clustering_accuracy(renamed), 1);
  EXPECT_EQ(accuracy(labels("0011222"), labels("7733000")), 0);
}

TEST(Agreement, OfOneClusterWithOneClassIsPerfect) {
  EXPECT_EQ(nmi(table("000", "111")), 1);
  EXPECT_EQ(ari(table("000", "111")), 1);
  EXPECT_EQ(nmi(table("012", "000")), 0);
}

TEST(Agreement, CountsNoiseAsWrongButAsOneClusterOfThePartition) {
  // Both noise examples are class 0; were noise a cluster like others, accuracy would be 1.
  EXPECT_DOUBLE_EQ(clustering_accuracy(table("0011", "xx11")), 0.5);
  EXPECT_DOUBLE_EQ(purity(table("0011", "xx11")), 0.5);
  EXPECT_EQ(ari(table("0011", "xx11")), 1);
  EXPECT_DOUBLE_EQ(nmi(table("0011", "xx11")), 1);
  EXPECT_DOUBLE_EQ(accuracy(labels("xx11"), labels("xx11")), 0.5);
  EXPECT_DOUBLE_EQ(purity(table("xx11", "0011")), 0.5);
}

TEST(Agreement, MatchesNoiseWithNothing) {
  const Matching found = match(table("x0011", "1xx00"));  // columns −1, 0, 1; class 1 is cluster 0
  EXPECT_THAT(found.column_of, ElementsAre(-1, 2, 1));
  EXPECT_EQ(found.weight, 2);
}

// 0011 | 0012 again: of 4 · 3 ordered pairs 2 are together in both, 2 in the labels alone. E = Σ over cells; with sizes
// 2, 2 | 2, 1, 1 a cell (2, 2) holds 0, 1, 2 with chances 1/6, 4/6, 1/6 and a cell (2, 1) holds 1 with chance 1/2:
// E = 2·(1/6 · 1/2 · ln 2) + 4·(1/2 · 1/4 · ln 2) = 2/3 ln 2. Hence AMI = (1 − 2/3) / (1.25 − 2/3) = 4/7.
TEST(Agreement, CountsPairsAndExpectsInformationAsByHand) {
  const Contingency found = table("0011", "0012");
  EXPECT_EQ(pair_confusion(found), (RowMatrix<std::int64_t>{{8, 0}, {2, 2}}));
  EXPECT_DOUBLE_EQ(rand_index(found), 10.0 / 12);
  EXPECT_DOUBLE_EQ(fowlkes_mallows(found), std::sqrt(0.5));
  EXPECT_DOUBLE_EQ(ami(found), 4.0 / 7);
  const VMeasure v = v_measure(found);
  EXPECT_DOUBLE_EQ(v.homogeneity, 1);
  EXPECT_DOUBLE_EQ(v.completeness, 1 / 1.5);
  EXPECT_DOUBLE_EQ(v.v, 0.8);
}

TEST(Agreement, HasLimitsWhereThereIsNothingToTellApart) {
  for (const char* const one : {"000", "0"}) {
    SCOPED_TRACE(one);
    const Contingency same = table(one, one);
    EXPECT_EQ(ami(same), 1);
    EXPECT_EQ(v_measure(same).v, 1);
    EXPECT_EQ(rand_index(same), 1);
    EXPECT_EQ(normalised_clustering_accuracy(same), 1);
  }
  EXPECT_EQ(ami(table("0123", "3210")), 1);
  EXPECT_EQ(ami(table("0011", "0000")), 0);
  EXPECT_EQ(v_measure(table("0011", "0000")).v, 0);
  EXPECT_EQ(fowlkes_mallows(table("0123", "0011")), 0);
  EXPECT_NEAR(ami(table("0011", "0123")), 0, 1e-15);  // nothing else is expected of single examples
  EXPECT_EQ(normalised_clustering_accuracy(table("000", "001")), 0);
}

TEST(Agreement, GivesEachClassTheSameSay) {
  // By hand: class 0 is right by 8 of 8, class 1 by 1 of 2: (1 + 1/2 − 1) / 1. Matching by counts would say 9 of 10.
  EXPECT_DOUBLE_EQ(normalised_clustering_accuracy(table("0000000011", "0000000001")), 0.5);
  // Noise is wrong in its class: 4 of 8 and 2 of 2. Examples without a class do not count.
  EXPECT_DOUBLE_EQ(normalised_clustering_accuracy(table("0000000011xx", "0000xxxx1101")), 0.5);
  EXPECT_DOUBLE_EQ(normalised_clustering_accuracy(table("0011", "xxxx")), -1);
}

void expect_partition_measures(const Contingency& found, const nlohmann::json& c) {
  EXPECT_NEAR(nmi(found), c["nmi"].get<double>(), 1e-12);
  EXPECT_NEAR(ami(found), c["ami"].get<double>(), 1e-12);
  EXPECT_NEAR(ari(found), c["ari"].get<double>(), 1e-12);
  const VMeasure v = v_measure(found);
  EXPECT_NEAR(v.homogeneity, c["homogeneity"].get<double>(), 1e-12);
  EXPECT_NEAR(v.completeness, c["completeness"].get<double>(), 1e-12);
  EXPECT_NEAR(v.v, c["v_measure"].get<double>(), 1e-12);
  EXPECT_NEAR(rand_index(found), c["rand"].get<double>(), 1e-12);
  EXPECT_NEAR(fowlkes_mallows(found), c["fowlkes_mallows"].get<double>(), 1e-12);
  const RowMatrix<std::int64_t> pairs = pair_confusion(found);
  for (Eigen::Index i = 0; i < 4; ++i)
    EXPECT_EQ(pairs(i / 2, i % 2), c["pair_confusion"][i / 2][i % 2].get<std::int64_t>());
}

TEST(Agreement, TakesNoiseForOneClusterAsScikitLearnDoes) {
  const nlohmann::json expected = shoal::testing::reference("agreement");
  ASSERT_EQ(expected["with_noise"].size(), 3u);
  for (const auto& c : expected["with_noise"])
    expect_partition_measures(contingency(c["labels"].get<Labels>(), c["predicted"].get<Labels>()), c);
}

TEST(Agreement, DoesNotDependOnHowLargeLabelsAre) {  // small ones are counted in tables, large ones sorted
  const nlohmann::json expected = shoal::testing::reference("agreement");
  auto truth = expected["cases"][0]["labels"].get<Labels>(),
       predicted = expected["cases"][0]["predicted"].get<Labels>();
  const Contingency small = contingency(truth, predicted);
  for (std::int64_t& label : truth) label = label * 1'000'000'007 + 5;
  for (std::int64_t& label : predicted) label = label * 1'000'000'007;
  const Contingency large = contingency(truth, predicted);
  EXPECT_EQ(dense(large), dense(small));
  EXPECT_EQ(large.row_sums, small.row_sums);
  EXPECT_EQ(large.row_labels[3], small.row_labels[3] * 1'000'000'007 + 5);
}

TEST(Agreement, IsThatOfScikitLearnForRandomLabellings) {
  const nlohmann::json expected = shoal::testing::reference("agreement");
  ASSERT_EQ(expected["cases"].size(), 7u);
  for (const auto& c : expected["cases"]) {
    const auto truth = c["labels"].get<Labels>();
    const auto predicted = c["predicted"].get<Labels>();
    SCOPED_TRACE(::testing::Message() << truth.size() << " examples, acc " << c["acc"]);
    const Contingency found = contingency(truth, predicted);
    expect_partition_measures(found, c);
    EXPECT_NEAR(normalised_clustering_accuracy(found), c["nca"].get<double>(), 1e-12);
    EXPECT_DOUBLE_EQ(purity(found), c["purity"].get<double>());
    EXPECT_DOUBLE_EQ(clustering_accuracy(found), c["acc"].get<double>());
    EXPECT_DOUBLE_EQ(accuracy(truth, predicted), c["accuracy"].get<double>());
  }
}

}  // namespace
}  // namespace shoal::kernels
