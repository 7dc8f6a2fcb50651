// `shoal compare` and `shoal run --bench` as a user meets them.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBackends = R"(shoal: 1
name: backends
nodes:
  points:  {use: dataset/synthetic, with: {kind: blobs, examples: 2000, classes: 4, features: 8, dtype: float32}}
  kmeans:  {use: clusterer/kmeans, in: {data: points}, with: {k: 4, max_iter: 100, tol: 0}}
  quality: {use: metric/clustering, in: {predicted: kmeans.labels, labels: points.labels}}
matrix:
  backend:
    ours: {kmeans.use: clusterer/kmeans}
    mini: {kmeans.use: clusterer/minibatch-kmeans}
  seeds: 2
report: [kmeans.inertia, quality.nmi]
)";

TEST(CompareProgram, MakesATableOfARun) {
  const Workplace place;
  place.write("backends.yaml", kBackends);
  const Outcome run = place.shoal("run backends.yaml --out one --bench 2");
  ASSERT_EQ(run.exit, 0) << run.err;
  const json results = json::parse(read_file(place.folder() / "one/results.json"));
  EXPECT_EQ(results["bench"], 2);
  EXPECT_EQ(results["better"]["kmeans.inertia"], "lower");
  EXPECT_EQ(results["rows"][0]["nodes"][0]["fit_seconds"].size(),
            2u);  // the first fit, which warmed up, is not among them
  EXPECT_EQ(results["rows"][0]["nodes"][0]["data"]["sha256"], results["rows"][2]["nodes"][0]["data"]["sha256"]);
  EXPECT_NE(results["rows"][0]["nodes"][0]["data"]["sha256"], results["rows"][1]["nodes"][0]["data"]["sha256"]);

  const Outcome table = place.shoal("compare one");
  ASSERT_EQ(table.exit, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("backends · differ: backend"), HasSubstr("kmeans.inertia ↓"),
                               HasSubstr("Δ to backend ours"), HasSubstr("kmeans fit s ↓"),
                               HasSubstr("F807: with 2 pairs"), Not(HasSubstr("F804")), Not(HasSubstr("F811"))));
  const Outcome as_json = place.shoal("compare one --format json --baseline backend=mini");
  const json compared = json::parse(as_json.out);
  EXPECT_EQ(compared["baseline"], "backend mini");
  EXPECT_TRUE(compared["settings"][0]["metrics"]["kmeans.inertia"].contains("against_baseline"));
}

TEST(CompareProgram, TellsRunsApartAndSaysWhatIsWrongWithItsArguments) {
  const Workplace place;
  place.write("backends.yaml", kBackends);
  ASSERT_EQ(place.shoal("run backends.yaml backend=ours --out one").exit, 0);
  ASSERT_EQ(place.shoal("run backends.yaml backend=ours kmeans.k=3 --out two").exit, 0);
  const Outcome two = place.shoal("compare one two");
  EXPECT_THAT(two.out, AllOf(HasSubstr("differ: kmeans.k"), HasSubstr("F811: each fit was timed once"))) << two.err;
  const Outcome none = place.shoal("compare nowhere");
  EXPECT_EQ(none.exit, 1);
  EXPECT_THAT(none.err, HasSubstr("there is no run folder nowhere"));
  const Outcome metric = place.shoal("compare one --metrics quality.mni");
  EXPECT_EQ(metric.exit, 1);
  EXPECT_THAT(metric.err, HasSubstr("did you mean 'quality.nmi'?"));
  EXPECT_EQ(place.shoal("compare one --where backend").exit, 1);
}

}  // namespace
}  // namespace shoal::tests
