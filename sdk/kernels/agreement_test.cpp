#include "shoal/kernels/agreement.h"

#include <gmock/gmock.h>

#include <string>

#include "../../tests/reference/reference.h"

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
  EXPECT_THAT([] { contingency(Labels{0, 1}, Labels{0}); },
              ThrowsMessage<InputError>(HasSubstr("'labels' are of 2 examples, but 'predicted' of 1")));
  EXPECT_THAT([] { contingency(Labels{}, Labels{}); }, ThrowsMessage<InputError>(HasSubstr("at least 1 example")));
  EXPECT_THAT([] { contingency(Labels{0, 1}, Labels{0, -2}); },
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

TEST(Agreement, IsThatOfScikitLearnForRandomLabellings) {
  for (const auto& c : shoal::testing::reference("agreement")["cases"]) {
    const auto truth = c["labels"].get<Labels>();
    const auto predicted = c["predicted"].get<Labels>();
    SCOPED_TRACE(::testing::Message() << truth.size() << " examples, acc " << c["acc"]);
    const Contingency found = contingency(truth, predicted);
    EXPECT_NEAR(nmi(found), c["nmi"].get<double>(), 1e-12);
    EXPECT_NEAR(ari(found), c["ari"].get<double>(), 1e-12);
    EXPECT_DOUBLE_EQ(purity(found), c["purity"].get<double>());
    EXPECT_DOUBLE_EQ(clustering_accuracy(found), c["acc"].get<double>());
    EXPECT_DOUBLE_EQ(accuracy(truth, predicted), c["accuracy"].get<double>());
  }
}

}  // namespace
}  // namespace shoal::kernels
