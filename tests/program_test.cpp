// The program as a user meets it: exit codes, messages, what a run folder holds, and that the same seed gives the same
// bytes. The components are the toys of tests/plugins/toys.cpp, whose numbers can be told by hand.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/results.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// 6 examples (i, 2i): their sum is 3·(0+…+5) = 45, times 2 is 90. Dealt by turns into 2 clusters they agree with their
// labels i mod 2; into 3, those of i = 0, 1 agree (i mod 3 = i mod 2 for i = 0, 1 of 0 … 5): 2 of 6.
constexpr const char* kExperiment = R"(shoal: 1
name: toy
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: 2}}
  deal:  {use: clusterer/toy-deal, in: {data: times}, with: {k: 2}}
  sum:   {use: metric/toy-sum, in: {features: times}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
report: [sum, share]
figures: {share: {x: deal.k, y: share}}
matrix: {deal.k: [2, 3]}
)";

TEST(Program, RunsAnExperimentAndKeepsWhatItCameTo) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("run toy.yaml --out run");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("share.share"));
  const json results = results_in(place.folder() / "run");
  ASSERT_EQ(results["rows"].size(), 2u);
  EXPECT_EQ(results["name"], "toy");
  EXPECT_EQ(results["rows"][0]["settings"]["deal.k"], "2");
  EXPECT_EQ(results["rows"][0]["status"], "done");
  EXPECT_EQ(results["rows"][0]["metrics"]["sum.sum"], 90.0);
  EXPECT_EQ(results["rows"][0]["metrics"]["share.share"], 1.0);
  EXPECT_DOUBLE_EQ(results["rows"][1]["metrics"]["share.share"].get<double>(), 2.0 / 6.0);
  for (const char* file : {"resolved.yaml", "plan.json", "results.csv", "metrics.jsonl", "environment.json", "log.txt",
                           "report.html", "figures/share.vl.json", "artifacts/row-1/deal.labels.npy"})
    EXPECT_TRUE(std::filesystem::exists(place.folder() / "run" / file)) << file;
}

TEST(Program, MakesItsOwnRunFolderAndPointsLatestToIt) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  ASSERT_EQ(place.shoal("run toy.yaml").exit, 0);
  ASSERT_EQ(place.shoal("run toy.yaml").exit, 0);
  EXPECT_EQ(results_in(place.folder() / "runs/toy/latest")["name"], "toy");
  const auto folders = std::distance(std::filesystem::directory_iterator(place.folder() / "runs/toy"), {});
  EXPECT_EQ(folders, 3);  // two runs and the link
}

TEST(Program, NeverWritesOverAnEarlierRun) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  ASSERT_EQ(place.shoal("run toy.yaml --out run").exit, 0);
  const std::string before = read_file(place.folder() / "run/results.json");
  const Outcome again = place.shoal("run toy.yaml --out run");
  EXPECT_EQ(again.exit, 1);  // nothing ran
  EXPECT_THAT(again.err, HasSubstr("holds something already"));
  EXPECT_EQ(read_file(place.folder() / "run/results.json"), before);
}

TEST(Program, SaysThatAFolderStandsWhereLatestHasItsPlaceAndMakesNone) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  ASSERT_EQ(place.shoal("run toy.yaml").exit, 0);
  const std::filesystem::path runs = *std::filesystem::directory_iterator(place.folder() / "runs");
  std::filesystem::remove(runs / "latest");
  std::filesystem::create_directory(runs / "latest");
  const Outcome again = place.shoal("run toy.yaml");
  EXPECT_EQ(again.exit, 1);
  EXPECT_THAT(again.err,
              HasSubstr("/latest is a folder, where the link to the newest run has its place; move it away"));
  const auto folders = std::distance(std::filesystem::directory_iterator(runs), std::filesystem::directory_iterator());
  EXPECT_EQ(folders, 2);  // the first run and that folder
}

TEST(Program, RunsItsOwnResolvedFileToTheSameNumbers) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  ASSERT_EQ(place.shoal("run toy.yaml deal.k=3 --out first").exit, 0);
  const Outcome outcome = place.shoal("run first/resolved.yaml --no-cache --out second");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(results_in(place.folder() / "first")["rows"][0]["metrics"]["share.share"],
            results_in(place.folder() / "second")["rows"][0]["metrics"]["share.share"]);
}

TEST(Program, GivesTheSameBytesForTheSameSeedAndAnyNumberOfThreads) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  for (const char* run : {"--no-cache --threads 1 --out one", "--no-cache --threads 2 --out two"})
    ASSERT_EQ(place.shoal(std::string("run toy.yaml times.mode=noisy ") + run).exit, 0);
  const json one = results_in(place.folder() / "one"), two = results_in(place.folder() / "two");
  EXPECT_EQ(one["rows"][0]["metrics"]["sum.sum"], two["rows"][0]["metrics"]["sum.sum"]);
  ASSERT_EQ(place.shoal("run toy.yaml times.mode=noisy seed=1 --out three").exit, 0);
  EXPECT_NE(one["rows"][0]["metrics"]["sum.sum"],
            results_in(place.folder() / "three")["rows"][0]["metrics"]["sum.sum"]);
}

// Shoal's own plugins: three blobs, whitened, clustered by both k-means, judged.
constexpr const char* kClustering = R"(shoal: 1
name: blobs
seed: 3
nodes:
  points:  {use: dataset/synthetic, with: {kind: blobs, examples: 3000, classes: 4, features: 8, dtype: float32}}
  pca:     {use: transform/pca, in: {data: points}, with: {components: 5, whiten: true}}
  kmeans:  {use: clusterer/kmeans, in: {data: pca}, with: {k: 4, n_init: 3}}
  mini:    {use: clusterer/minibatch-kmeans, in: {data: pca}, with: {k: 4}}
  same:    {use: metric/clustering, in: {predicted: mini, labels: kmeans.labels}}
  quality: {use: metric/clustering, in: {predicted: kmeans, labels: points.labels}}
report: [quality.acc, quality.nmi, kmeans.inertia]
)";

TEST(Program, GivesTheSameBytesOfOursForOneAndTwoThreads) {
  const Workplace place;
  place.write("blobs.yaml", kClustering);
  for (const char* run : {"--no-cache --threads 1 --out one", "--no-cache --threads 2 --out two"}) {
    const Outcome outcome = place.shoal(std::string("run blobs.yaml ") + run);
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
  }
  for (const char* file : {"kmeans.labels.npy", "kmeans.centroids.npy", "mini.labels.npy", "mini.centroids.npy"}) {
    const std::string one = read_file(place.folder() / "one/artifacts" / file);
    EXPECT_GT(one.size(), 128u) << file;
    EXPECT_EQ(one, read_file(place.folder() / "two/artifacts" / file)) << file;
  }
  const json one = results_in(place.folder() / "one"), two = results_in(place.folder() / "two");
  for (const char* metric : {"kmeans.inertia", "mini.inertia", "quality.nmi", "same.ari"})
    EXPECT_EQ(one["rows"][0]["metrics"][metric], two["rows"][0]["metrics"][metric]) << metric;
}

TEST(Program, TrainsTheSameWeightsForTheSameSeed) {
  const Workplace place;
  place.write("learn.yaml", R"(shoal: 1
name: learn
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  train:   {use: dataset/subset, in: {data: digits}, with: {count: 200}}
  convnet: {use: encoder/convnet}
  head:    {use: head/linear}
  learn:   {use: trainer/supervised, in: {data: train, encoder: convnet, head: head, test: train}, with: {epochs: 1, batch_size: 50}}
)");
  for (const char* run : {"--out one", "--out two", "seed=1 --out three"})
    ASSERT_EQ(place.shoal(std::string("run learn.yaml --no-cache --threads 1 ") + run).exit, 0);
  const auto weights = [&](const char* run) {
    return read_file(place.folder() / run / "artifacts/learn.encoder.safetensors");
  };
  EXPECT_GT(weights("one").size(), 400'000u);  // 0.11 million float32
  EXPECT_EQ(weights("one"), weights("two"));
  EXPECT_NE(weights("one"), weights("three"));
}

TEST(Program, SaysWhichFileADatasetLacks) {
  const Workplace place;
  place.write("idx.yaml", R"(shoal: 1
name: idx
nodes:
  digits: {use: dataset/idx, with: {images: nowhere-idx3-ubyte}}
  groups: {use: clusterer/kmeans, in: {data: digits}}
)");
  const Outcome outcome = place.shoal("run idx.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("idx.yaml:4:45: error[P406]"), HasSubstr("nowhere-idx3-ubyte")));
}

TEST(Program, RefusesAnIdxFileThatClaimsTwoBillionRows) {
  const Workplace place;
  place.write("lying", std::string("\0\0\x08\x03\x7f\xff\xff\xff\0\0\0\x1c\0\0\0\x1c", 16) + std::string(784, 'x'));
  place.write("idx.yaml", R"(shoal: 1
name: idx
nodes:
  digits: {use: dataset/idx, with: {images: lying}}
  groups: {use: clusterer/kmeans, in: {data: digits}}
)");
  const Outcome outcome = place.shoal("run idx.yaml");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("node 'digits'"), HasSubstr("lying"), HasSubstr("2147483647")));
}

TEST(Program, EndsWith1AndRunsNothingWhenTheFileIsWrong) {
  const Workplace place;
  place.write("toy.yaml", std::string(kExperiment) + "colour: red\n");
  const Outcome outcome = place.shoal("run toy.yaml deal.k=0");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("toy.yaml:12:1: error[K201]"), HasSubstr("K206"), HasSubstr("2 errors"),
                                 HasSubstr("Nothing was run.")));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "runs"));
}

TEST(Program, SaysThatAFileIsNotThere) {
  const Workplace place;
  const Outcome outcome = place.shoal("run nowhere.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("nowhere.yaml"), HasSubstr("error[Y101]")));
}

TEST(Program, EndsWith2AndNamesTheNodeThatFailed) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("run toy.yaml deal.fault=throw --out run");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(
      outcome.err,
      HasSubstr(
          "toy.yaml:6:3: error[R601]: node 'deal', in clusterer/toy-deal 0.1.0: this clusterer was asked to fail"));
  const json row = results_in(place.folder() / "run")["rows"][0];
  EXPECT_EQ(row["status"], "failed");
  EXPECT_EQ(row["metrics"]["sum.sum"], 90.0);  // what does not need it is kept
}

TEST(Program, SurvivesWhatIsNoException) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("run toy.yaml deal.fault=throw-an-int");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, HasSubstr("threw something that is not a std::exception"));
}

TEST(Program, HoldsAComponentToItsContract) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  EXPECT_THAT(place.shoal("run toy.yaml deal.fault=label-too-large deal.k=2").err,
              HasSubstr("it returned label 2, but there are 2 clusters"));
  EXPECT_THAT(place.shoal("run toy.yaml deal.fault=too-few-labels").err,
              HasSubstr("it returned labels int64 (1), expected (6) int64"));
  EXPECT_THAT(place.shoal("run toy.yaml deal.fault=converted-for-an-hour").err,
              HasSubstr("broke its contract: it says that it converted for 3600 s, but was at work for"));
  EXPECT_THAT(place.shoal("run toy.yaml deal.fault=converted-backwards").err,
              HasSubstr("it says that it converted for -1 s"));
}

TEST(Program, SaysThatThereAreFewerExamplesThanClusters) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("run toy.yaml deal.k=7");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("node 'deal'"), HasSubstr("needs at least 7 examples, but there are only 6")));
}

TEST(Program, StopsAtOnceWhenInterruptedAndSaysSo) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  // Once the node that waits has begun, however long that takes here; a program that never gets there is stopped too.
  place.write("interrupt.sh", R"("$@" &
program=$!
tries=0
until grep -qs '"node":"deal"' run/events.jsonl || [ $tries -ge 1200 ]; do
  tries=$((tries + 1))
  sleep 0.05
done
kill -INT $program
wait $program
)");
  const Outcome outcome = place.shoal("run toy.yaml deal.fault=wait --out run", "sh interrupt.sh env");
  EXPECT_EQ(outcome.exit, 130);
  EXPECT_EQ(results_in(place.folder() / "run")["rows"][0]["status"], "cancelled");
}

TEST(Program, ChecksWithoutRunning) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  EXPECT_EQ(place.shoal("check toy.yaml").exit, 0);
  EXPECT_EQ(place.shoal("check toy.yaml nobody.k=3").exit, 1);
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "runs"));
}

TEST(Program, ShowsThePlanWithWhatRowsShare) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  EXPECT_THAT(
      place.shoal("plan toy.yaml").out,
      AllOf(HasSubstr("row 2 of 2"), HasSubstr("same as in row 1"),
            HasSubstr("6 node runs: 0 taken from the store, 1 to run, 5 only if"), HasSubstr("2 shared between rows")));
}

TEST(Program, ShowsTheGraphAsTextAndForGraphviz) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  EXPECT_THAT(place.shoal("graph toy.yaml").out, HasSubstr("labels ← data.labels, predicted ← deal"));
  EXPECT_THAT(place.shoal("graph toy.yaml --format dot").out, HasSubstr("\"times\" -> \"deal\" [label=\"data\"]"));
}

TEST(Program, ShowsWhatIsLoaded) {
  const Workplace place;
  EXPECT_THAT(place.shoal("plugins").out, AllOf(HasSubstr("clusterer/toy-deal"), HasSubstr("Looked in:")));
  EXPECT_THAT(place.shoal("plugins show toy-deal").out, AllOf(HasSubstr("k ≥ 1 (default 2)"), HasSubstr("inertia")));
  const Outcome unknown = place.shoal("plugins show clusterer/toy-deel");
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'clusterer/toy-deal'?"));
}

TEST(Program, HelpsAndRefusesUnknownCommands) {
  const Workplace place;
  EXPECT_EQ(place.shoal("--help").exit, 0);
  EXPECT_THAT(place.shoal("run --help").out, HasSubstr("path=value"));
  EXPECT_EQ(place.shoal("rum toy.yaml").exit, 1);
  EXPECT_EQ(place.shoal("").exit, 1);
}

TEST(Program, AnOptionThatMayBeRepeatedTakesOneValueEachTime) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  place.write("more.yaml", "vars: {}\n");
  for (const char* options : {"check --data . toy.yaml --with more.yaml", "check --plugin-path . toy.yaml deal.k=2",
                              "run --force sum toy.yaml --out run"}) {
    const Outcome outcome = place.shoal(options);
    EXPECT_EQ(outcome.exit, 0) << options << outcome.out << outcome.err;
  }
  for (const char* options : {"--metrics sum.sum", "--where deal.k=2", "--baseline none"}) {
    const Outcome outcome = place.shoal(std::string("compare ") + options + " run");
    EXPECT_EQ(outcome.exit, 0) << options << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("sum.sum")) << options;
  }
}

TEST(Program, LeavesNothingHalfWrittenOnAFullDisk) {
  // A file-size limit of 4 KiB stands for the disk: the first larger file cannot be written.
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("run toy.yaml --out run", "trap '' XFSZ; ulimit -f 4;");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("cannot write"), HasSubstr("File too large")));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place.folder() / "run"))
    EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
}

TEST(Program, DrawsTheGraph) {
  const Workplace place;
  place.write("toy.yaml", kExperiment);
  const Outcome outcome = place.shoal("graph toy.yaml --format svg");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find("<svg xmlns="), 0u);
  for (const char* text : {">deal</text>", ">clusterer/toy-deal</text>", ">predicted</text>", ">labels</text>"})
    EXPECT_THAT(outcome.out, HasSubstr(text));
  // Five wires, a curve and an arrowhead each: data → times, times → deal, times → sum, data and deal → share.
  std::size_t paths = 0;
  for (auto at = outcome.out.find("<path"); at != std::string::npos; at = outcome.out.find("<path", at + 1)) ++paths;
  EXPECT_EQ(paths, 10u);
}

}  // namespace
}  // namespace shoal::tests
