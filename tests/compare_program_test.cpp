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
  EXPECT_THAT(place.shoal("compare one --format csv --pivot backend").err, HasSubstr("--pivot is for people"));
  EXPECT_THAT(place.shoal("compare one one").err, HasSubstr("is named twice"));
}

/// 12 points in two heaps as NumPy would write them, and the heap of each.
void write_points(const Workplace& place) {
  const auto npy = [](const std::string& header, const std::string& data) {
    std::string padded = header + std::string((64 - (10 + header.size() + 1) % 64) % 64, ' ') + "\n";
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(padded.size()) + '\0' + padded + data;
  };
  std::string points, labels;
  for (int i = 0; i < 12; ++i) {
    const float row[] = {static_cast<float>(i % 2 * 100 + i), static_cast<float>(i)};
    points.append(reinterpret_cast<const char*>(row), sizeof(row));
    const std::int64_t label = i % 2;
    labels.append(reinterpret_cast<const char*>(&label), sizeof(label));
  }
  place.write("My points.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (12, 2), }", points));
  place.write("heaps.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (12,), }", labels));
}

TEST(CompareProgram, ComparesOnAFileWithoutAnExperiment) {
  const Workplace place;
  write_points(place);
  const std::string command =
      "compare --data 'My points.npy' --labels heaps.npy --clusterers kmeans,minibatch-kmeans --k 2,3 --seeds 2 "
      "--same-start --bench 1 -q";
  const Outcome outcome = place.shoal(command);
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("compare-my-points · differ: backend, k"), HasSubstr("minibatch-kmeans  3"),
                                 HasSubstr("quality.acc ↑"), Not(HasSubstr("F809"))));
  EXPECT_THAT(outcome.err, HasSubstr("runs/compare-my-points.yaml"));
  const std::string written = read_file(place.folder() / "runs/compare-my-points.yaml");
  EXPECT_EQ(place.shoal("check --strict runs/compare-my-points.yaml").exit, 0) << written;

  // The same again goes by the same file; another one does not write over it.
  EXPECT_EQ(place.shoal(command).exit, 0);
  EXPECT_EQ(place.shoal("compare --data 'My points.npy' --clusterers kmeans --k 4 --seeds 1 -q").exit, 0);
  EXPECT_EQ(read_file(place.folder() / "runs/compare-my-points.yaml"), written);
  EXPECT_TRUE(std::filesystem::exists(place.folder() / "runs/compare-my-points-2.yaml"));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "runs/compare-my-points-3.yaml"));
}

TEST(CompareProgram, TakesLabelsFromAColumnOfATable) {
  const Workplace place;
  place.write("heaps.csv", "x,y,kind\n0,1,near\n1,0,near\n1,1,near\n90,91,far\n91,90,far\n92,92,far\n");
  const Outcome outcome =
      place.shoal("compare --data heaps.csv --labels kind --clusterers kmeans,dbscan --k 2 --seeds 1 -q");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  // dbscan takes no k: one row of it, beside those of k.
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("kmeans   2  1/1"), HasSubstr("dbscan   –  1/1")));
}

TEST(CompareProgram, SaysWhatAQuickComparisonLacks) {
  const Workplace place;
  write_points(place);
  const auto refuses = [&](const std::string& arguments, const char* text) {
    const Outcome outcome = place.shoal("compare " + arguments);
    EXPECT_EQ(outcome.exit, 1) << arguments;
    EXPECT_THAT(outcome.err, HasSubstr(text)) << arguments;
  };
  refuses("--data 'My points.npy' --clusterers kmean --k 2", "there is no clusterer 'kmean'; did you mean 'kmeans'?");
  refuses("--data 'My points.npy' --clusterers kmeans", "say how many clusters are wanted: --k 10,100");
  refuses("--data 'My points.npy' --k 2", "say which clusterers are compared");
  refuses("--data nowhere.npy --clusterers kmeans --k 2", "there is no file");
  refuses("--data points.doc --clusterers kmeans --k 2", "no dataset reads 'points.doc'");
  refuses("--data 'My points.npy' --clusterers kmeans --k 0", "--k");
  refuses("--data mnist --labels heaps.npy --clusterers kmeans --k 2", "'mnist' has labels of its own, or none");
  refuses("one --data 'My points.npy'", "excludes");
  refuses("", "name a run folder, or data");
}

}  // namespace
}  // namespace shoal::tests
