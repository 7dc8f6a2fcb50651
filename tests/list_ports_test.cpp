// A metric over a list of nodes, and a clusterer that finds nothing but noise: whole runs.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace shoal::tests {
namespace {

using ::testing::HasSubstr;

constexpr const char* kNoise = R"(shoal: 1
name: noise
nodes:
  points: {use: dataset/synthetic, with: {examples: 300, classes: 3}}
  dense:  {use: clusterer/dbscan, in: {data: points}, with: {eps: 1.0e-9}}
  means:  {use: clusterer/kmeans, in: {data: points}, with: {k: 3}}
  again:  {use: dense.clusterer, in: {data: points}}
  same:   {use: metric/clustering, in: {predicted: again, labels: points.labels}}
  stable: {use: metric/stability, in: {labels: [means, points.labels, dense]}}
report: [dense.clusters, dense.inertia, same.acc, same.nmi, stable.ari, stable.ari_min]
)";

TEST(Program, GivesAMetricAListOfNodesAndStandsAClustererThatFindsNothing) {
  const Workplace place;
  place.write("noise.yaml", kNoise);
  const Outcome outcome = place.shoal("run noise.yaml --out here");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const auto metrics = nlohmann::json::parse(read_file(place.folder() / "here/results.json"))["rows"][0]["metrics"];
  EXPECT_EQ(metrics["dense.clusters"], 0);
  EXPECT_EQ(metrics["dense.inertia"], 0);
  EXPECT_EQ(metrics["same.acc"], 0);
  EXPECT_EQ(metrics["same.nmi"], 0);
  EXPECT_EQ(metrics["stable.ari_min"], 0);  // of noise alone with the others
  EXPECT_GT(metrics["stable.ari"].get<double>(), 0.1);
}

TEST(Program, SaysWhichOfAListIsOfAnotherLength) {
  const Workplace place;
  place.write("uneven.yaml", R"(shoal: 1
name: uneven
nodes:
  points: {use: dataset/synthetic, with: {examples: 300, classes: 3}}
  fewer:  {use: dataset/synthetic, with: {examples: 200, classes: 3}}
  stable: {use: metric/stability, in: {labels: [points.labels, fewer.labels]}}
report: [stable.ari]
)");
  const Outcome outcome = place.shoal("run uneven.yaml");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr("entry 2 is (200) int64 and entry 1 (300) int64"));
}

}  // namespace
}  // namespace shoal::tests
