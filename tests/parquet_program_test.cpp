// Parquet through the whole program; skipped where pyarrow is not installed.
#include <gmock/gmock.h>

#include <string>

#include "tests/program.h"

namespace {

using shoal::tests::Outcome;
using shoal::tests::Workplace;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

const std::string kPoints = SHOAL_SOURCE "/plugins/datasets/parquet/testdata/points.parquet";
const std::string kDeal =
    "{estimator: fake_estimators.Deal, k: 2, path: ['" SHOAL_SOURCE "/plugins/clusterers/python/testing']}";

bool no_pyarrow(const Outcome& outcome) { return outcome.err.find("is not installed") != std::string::npos; }

// Three heaps of four points, the corners of unit squares: with k = 3 each point is 1/√2 from its centroid, Σ = 12 · ½.
TEST(ParquetProgram, IsComparedWithoutAnExperiment) {
  const Workplace place;
  const Outcome outcome =
      place.shoal("compare --data '" + kPoints + "' --labels heap --clusterers kmeans --k 3 --seeds 1 -q");
  if (no_pyarrow(outcome)) GTEST_SKIP() << outcome.err;
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("data"), HasSubstr("(12, 2) float32"), HasSubstr("quality.acc ↑")));
}

/// Two plugins that embed Python in one process, whichever starts it.
TEST(ParquetProgram, SharesPythonWithClusterersInEitherOrder) {
  const std::string parquet = "  table: {use: dataset/parquet, with: {path: " + kPoints + ", label: heap}}\n" +
                              "  groups: {use: clusterer/kmeans, in: {data: table}, with: {k: 3}}\n";
  const std::string clusterer =
      "  points: {use: dataset/csv, with: {path: points.csv}}\n  deal: {use: clusterer/python, in: {data: points}, "
      "with: " +
      kDeal + "}\n";
  for (const std::string& nodes : {parquet + clusterer, clusterer + parquet}) {
    SCOPED_TRACE(nodes);
    const Workplace place;
    place.write("points.csv", "1,2\n3,4\n5,6\n7,8\n");
    place.write("x.yaml", "shoal: 1\nname: x\nnodes:\n" + nodes + "report: [groups.inertia, deal.inertia]\n");
    const Outcome outcome = place.shoal("run x.yaml --quiet");
    if (no_pyarrow(outcome)) GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    // Rows (1,2), (5,6) and (3,4), (7,8) are dealt in turn: each is √8 from its cluster's mean, Σ = 4 · 8.
    EXPECT_THAT(outcome.out, ContainsRegex("1/1 +6 +32"));
  }
}

}  // namespace
