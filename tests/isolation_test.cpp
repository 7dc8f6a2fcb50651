// Components that crash, hang or lie, each in a process of its own: their rows say so, the others stand.
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/results.h"
#include "tests/running.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

json rows_in(const std::filesystem::path& folder) { return results_in(folder)["rows"]; }

constexpr const char* kFaults = R"(shoal: 1
name: faults
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}, timeout: 20}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
matrix:
  deal.fault: [crash, none, leave, throw, label-too-large, nan-centroids, too-few-clusters]
report: [share]
)";

TEST(Isolation, KeepsTheFaultsOfOneRowFromTheOthers) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  const Outcome outcome = place.shoal("run faults.yaml --out run");
  EXPECT_EQ(outcome.exit, 2) << outcome.err;
  const json rows = rows_in(place.folder() / "run");
  ASSERT_EQ(rows.size(), 7u);
  const auto error = [&](std::size_t row) { return rows[row].value("error", ""); };
  EXPECT_THAT(error(0), AllOf(HasSubstr("deal: its process was ended by signal 11 (Segmentation fault)"),
                              HasSubstr("it printed: about to crash")));
  EXPECT_EQ(rows[1]["status"], "done");
  EXPECT_EQ(rows[1]["metrics"]["share.share"], 1.0);
  EXPECT_THAT(error(2), HasSubstr("its process ended with exit code 3 and no result"));
  EXPECT_THAT(error(3), HasSubstr("this clusterer was asked to fail"));
  EXPECT_THAT(error(4), HasSubstr("it returned label 2, but there are 2 clusters"));
  EXPECT_THAT(error(5), HasSubstr("among its centroids, features hold NaN at row 0, column 0"));
  EXPECT_EQ(rows[6]["status"], "done");
  EXPECT_EQ(rows[6]["metrics"]["deal.clusters"], 1.0);

  const Outcome table = place.shoal("compare run");
  EXPECT_EQ(table.exit, 0) << table.err;
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("R601: crash lost seed 0 (failed): deal: its process was ended by signal 11"),
                    HasSubstr("F810: 'deal' has fewer clusters than were asked for: too-few-clusters seed 0: "
                              "1 of 2")));
}

TEST(Isolation, IsForTransformsAndMetricsToo) {
  const Workplace place;
  place.write("faults.yaml", R"(shoal: 1
name: faults
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  twice: {use: transform/toy-times, in: {data: data}, with: {factor: 2}, isolate: process}
  sum:   {use: metric/toy-sum, in: {features: twice}, isolate: process}
matrix:
  case:
    sound:           {}
    transform-dies:  {twice.fault: crash}
    metric-dies:     {sum.fault: crash}
    metric-invents:  {sum.fault: undeclared}
    no-number:       {sum.fault: nan}
    within:          {twice.isolate: none, sum.isolate: none}
report: [sum]
)");
  const Outcome outcome = place.shoal("run faults.yaml --out run");
  EXPECT_EQ(outcome.exit, 2) << outcome.err;
  const json rows = rows_in(place.folder() / "run");
  ASSERT_EQ(rows.size(), 6u);
  const auto error = [&](std::size_t row) { return rows[row].value("error", ""); };
  EXPECT_EQ(rows[0]["metrics"]["sum.sum"], rows[5]["metrics"]["sum.sum"]) << outcome.err;
  EXPECT_EQ(rows[0]["status"], "done");
  EXPECT_THAT(error(1), AllOf(HasSubstr("twice: its process was ended by signal 11 (Segmentation fault)"),
                              HasSubstr("it printed: about to crash")));
  EXPECT_THAT(error(2), HasSubstr("sum: its process was ended by signal 11 (Segmentation fault)"));
  EXPECT_THAT(error(3), HasSubstr("it gave number 'total', which it did not declare"));
  EXPECT_EQ(rows[4]["status"], "done");  // as it is said of one within the program
  EXPECT_TRUE(rows[4]["metrics"]["sum.sum"].is_null()) << rows[4];
}

TEST(Isolation, EndsWhatHangsAfterItsTimeout) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  const std::string cases =
      "'~matrix.deal.fault' 'matrix.case={hangs: {deal.fault: hang, deal.timeout: 1.5}, none: {deal.timeout: 600}}'";
  ASSERT_EQ(place.shoal("run faults.yaml " + cases + " --out run").exit, 2);
  const json rows = rows_in(place.folder() / "run");
  EXPECT_THAT(rows[0].value("error", ""),
              HasSubstr("deal: it was not done after 1.5 seconds, its timeout, and its process was ended"));
  EXPECT_EQ(rows[1]["status"], "done");
}

TEST(Isolation, PassesOnWhatTheClustererSays) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  ASSERT_EQ(place.shoal("run faults.yaml deal.fault=none --out run").exit, 0);
  EXPECT_THAT(read_file(place.folder() / "run/log.txt"), HasSubstr("deal: dealt 6 examples"));
  EXPECT_EQ(rows_in(place.folder() / "run")[0]["nodes"][0]["data"]["shape"], (json{6, 2}));
  EXPECT_THAT(read_file(place.folder() / "run/metrics.jsonl"), HasSubstr("dealt"));
}

TEST(Isolation, ChangesNoByteOfAResult) {
  const Workplace place;
  place.write("blobs.yaml", R"(shoal: 1
name: blobs
nodes:
  points: {use: dataset/synthetic, with: {kind: blobs, examples: 3000, classes: 4, features: 8, dtype: float32}}
  first:  {use: clusterer/kmeans, in: {data: points}, with: {k: 5, max_iter: 1}}
  kmeans: {use: clusterer/kmeans, in: {data: points, init: first.centroids}, with: {k: 5}}
  mini:   {use: clusterer/minibatch-kmeans, in: {data: points}, with: {k: 5}}
  reduced: {use: transform/pca, in: {data: points}, with: {components: 3}}
  spread: {use: metric/representation, in: {features: reduced}}
  agreement: {use: metric/clustering, in: {predicted: kmeans.labels, labels: points.labels}}
matrix:
  where:
    here:  {kmeans.isolate: none, mini.isolate: none, reduced.isolate: none, agreement.isolate: none, spread.isolate: none}
    there: {kmeans.isolate: process, mini.isolate: process, reduced.isolate: process, agreement.isolate: process, spread.isolate: process}
)");
  const Outcome outcome = place.shoal("run blobs.yaml --out run");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const json rows = rows_in(place.folder() / "run");
  EXPECT_EQ(metrics_of(rows[0]), metrics_of(rows[1]));
  EXPECT_GE(metrics_of(rows[0]).size(), 12u);
  for (const json& node : rows[1]["nodes"])
    EXPECT_EQ(node["status"], node["node"] == "first" ? "reused" : "ran") << node;  // or nothing was compared
}

TEST(Isolation, GivesALongerTimeoutItsOwnChance) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  place.shoal("run faults.yaml deal.fault=slow '~matrix.deal.fault' 'matrix.deal.timeout=[1.5, 60]' --out run");
  const json rows = rows_in(place.folder() / "run");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["status"], "failed");
  EXPECT_EQ(rows[1]["status"], "done");
  EXPECT_EQ(rows[1]["metrics"]["share.share"], 1.0);
}

TEST(Isolation, DoesNotWaitForWhatAClustererLeftBehind) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(place.shoal("run faults.yaml deal.fault=leave-a-child --out run").exit, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(5));  // the child sleeps for ten
  EXPECT_EQ(rows_in(place.folder() / "run")[0]["status"], "done");
}

TEST(Isolation, IsForWhatIsFittedHereAndForMetrics) {
  const Workplace place;
  place.write("wrong.yaml", R"(shoal: 1
name: wrong
nodes:
  data:  {use: dataset/toy-line, isolate: process}
  deal:  {use: clusterer/toy-deal, in: {data: data}, isolate: process}
  again: {use: deal.clusterer, in: {data: data}}
  odd:   {use: clusterer/toy-deal, in: {data: data}, isolate: container, timeout: 0}
  both:  {use: clusterer/toy-deal, isolate: none, timeout: 5}
  twice: {use: transform/toy-times, in: {data: data}, isolate: process}
  more:  {use: twice.transform, in: {data: data}, isolate: process}
)");
  const Outcome outcome = place.shoal("check wrong.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("wrong.yaml:4:34: error[G311]: 'data' cannot be isolated"),
                                 HasSubstr("wrong.yaml:6:16: error[G302]: 'deal' is fitted in a process of its own"),
                                 HasSubstr("error[K207]: 'isolate' is 'container', which is not one of process, none"),
                                 HasSubstr("error[K206]: 'timeout' must be more than 0 seconds, but is 0"),
                                 HasSubstr("error[G312]: 'both' has no time of its own"),
                                 HasSubstr("error[G302]: 'twice' is fitted in a process of its own, which is gone "
                                           "when others want its transform")));
}

TEST(Isolation, LeavesNoProcessBehindWhenTheUserStopsTheRun) {
  const Workplace place;
  place.write("faults.yaml", kFaults);
  const Running program(place, {"run", "faults.yaml", "deal.fault=hang", "deal.timeout=3600", "--out run"}, "log.txt");
  std::vector<pid_t> clusterer;
  EXPECT_TRUE(becomes([&] { return !(clusterer = program.children("isolated-worker")).empty(); }));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 143);
  ASSERT_EQ(clusterer.size(), 1u);
  EXPECT_TRUE(becomes([&] { return kill(clusterer[0], 0) != 0; }));
  const std::string log = read_file(place.folder() / "log.txt");
  EXPECT_EQ(rows_in(place.folder() / "run")[0]["status"], "cancelled") << log;
  EXPECT_THAT(log, Not(HasSubstr("error")));
}

}  // namespace
}  // namespace shoal::tests
