// -m path=values on the command line.
#include <gmock/gmock.h>

#include "framework/config/emit.h"
#include "framework/config/matrix.h"
#include "framework/config/overrides.h"
#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The labels of the axis that an argument gives, or what is wrong.
std::vector<std::string> labels(const std::string& argument) {
  const std::vector<std::string> arguments{argument};
  Diagnostics diagnostics;
  const auto change = parse_axis(Source::command_line(arguments), 1, diagnostics);
  std::vector<std::string> out;
  if (change) {
    Value document = yaml("nodes: {kmeans: {use: clusterer/kmeans}}\n");
    change_matrix(document, {*change}, diagnostics);
    const auto matrix = read_matrix(*document.find("matrix"), diagnostics);
    if (matrix) {
      for (const Case& one : matrix->axes.at(0).cases) out.push_back(one.label);
    }
  }
  const std::vector<std::string> said = found(diagnostics);
  out.insert(out.end(), said.begin(), said.end());
  return out;
}

TEST(AxisArgument, TakesValues) {
  EXPECT_THAT(labels("kmeans.k=10,100"), ElementsAre("10", "100"));
  EXPECT_THAT(labels("kmeans.k=7"), ElementsAre("7"));
  EXPECT_THAT(labels("nodes.kmeans.with.k=7"), ElementsAre("7"));
  EXPECT_THAT(labels("kmeans.channels=[8, 16],[32]"), ElementsAre("[8, 16]", "[32]"));
  EXPECT_THAT(labels("kmeans.name=\"a,b\",c"), ElementsAre("'a,b'", "c"));
  EXPECT_THAT(labels("kmeans.path=../a.npy,../b.npy"), ElementsAre("../a.npy", "../b.npy"));
}

TEST(AxisArgument, TakesRanges) {
  EXPECT_THAT(labels("kmeans.k=1..4"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(labels("kmeans.k=-1..1"), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(labels("kmeans.lr=log(1e-4, 1e-1, 4)"), ElementsAre("0.0001", "0.001", "0.01", "0.1"));
}

TEST(AxisArgument, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(labels("kmeans.k"), ElementsAre("C209 1:1+8"));
  EXPECT_THAT(labels("kmeans..k=1"), ElementsAre("C210 1:8"));
  EXPECT_THAT(labels("kmeans.k=1,,2"), ElementsAre("M502 1:12"));
  EXPECT_THAT(labels("kmeans.k=1.."), ElementsAre("M502 1:10+3"));
  EXPECT_THAT(labels("kmeans.k=5..1"), ElementsAre("M502 1:10+4"));
  EXPECT_THAT(labels("kmeans.k=a..c"), testing::Contains("K205 1:10"));
  EXPECT_THAT(labels("kmeans.lr=log(1,2)"), ElementsAre("M502 1:15+3"));
  EXPECT_THAT(labels("kmeans.lr=log(0,2,3)"), ElementsAre("M502 1:15"));
  EXPECT_THAT(labels("kmeans.k=1..1000000"), ElementsAre("M506 1:10+10"));
  EXPECT_THAT(labels("kmeans.k=1,[2"), testing::Contains(testing::StartsWith("Y104")));
}

}  // namespace
}  // namespace shoal::config
