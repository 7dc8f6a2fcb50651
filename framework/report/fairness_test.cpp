#include "framework/report/fairness.h"

#include <gmock/gmock.h>

#include <limits>

#include "framework/report/compare_testing.h"

namespace shoal::host {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::two_backends;

auto remark(const char* id, const char* text) {
  return Contains(AllOf(Field("id", &Remark::id, id), Field("text", &Remark::text, HasSubstr(text))));
}

std::vector<Remark> remarks_of(const std::vector<RunFile>& runs) { return compare(runs, {}).remarks; }

/// Six seeds of two backends with nothing unfair between them, and what `change` makes of the rows of `mini`.
template <typename Change>
std::vector<Remark> remarks_after(Change&& change) {
  std::vector<RunFile> runs = {two_backends(6)};
  for (FileRow& row : runs[0].rows)
    if (row.settings[0].second == "mini") change(row);
  return remarks_of(runs);
}

TEST(Fairness, HasNothingToSayOfAFairTable) {
  EXPECT_THAT(remarks_after([](FileRow&) {}), IsEmpty());
}

TEST(Fairness, SaysThatRunsAreOfDifferentMachinesThreadsAndBuilds) {
  std::vector<RunFile> runs = {two_backends(6), two_backends(6)};
  runs[1].folder = "/runs/toy/two";
  runs[1].circumstances.machine = "another";
  runs[1].circumstances.threads = 1;
  runs[1].circumstances.build = "Debug";
  const auto remarks = remarks_of(runs);
  EXPECT_THAT(remarks, remark("F801", "another (two ours, two mini)"));
  EXPECT_THAT(remarks, remark("F802", "1 threads on cpu (two ours, two mini)"));
  EXPECT_THAT(remarks, remark("F805", "a Debug build"));
}

TEST(Fairness, SaysThatSeedsAreNotPaired) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.seed += 1; }), remark("F803", "mini"));
}

TEST(Fairness, SaysThatDataDiffer) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].data = "ffff… (100, 4) float64"; }),
              remark("F804",
                     "'kmeans' was fitted to different data under one seed: 6bbc9ace0123… (100, 4) float32 (ours), "
                     "ffff… (100, 4) float64 (mini)"));
}

TEST(Fairness, SaysThatStoppingRulesDiffer) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].parameters["tol"] = "0.001"; }),
              remark("F806", "'kmeans' stops by different rules: tol 0 (ours), 0.001 (mini)"));
}

TEST(Fairness, AsksNoStoppingRuleOfWhatHasNone) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].parameters = {{"eps", "0.5"}}; }), IsEmpty());
}

TEST(Fairness, SaysThatStartsDiffer) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].inputs["init"] = "seeds.centroids"; }),
              remark("F809", "chooses its own start (ours), starts from seeds.centroids (mini)"));
}

TEST(Fairness, SaysThatPairsAreTooFew) {
  EXPECT_THAT(remarks_of({two_backends(3)}), remark("F807", "with 3 pairs the sign-flip p cannot go below 0.25"));
}

TEST(Fairness, SaysThatSoManyLinesNeedMorePairs) {
  RunFile run = two_backends(6);
  for (const char* backend : {"third", "fourth"})  // 3 · 2 / 2⁶ = 0.094
    for (std::int64_t seed = 0; seed < 6; ++seed) run.rows.push_back(testing::compared_row(backend, "10", seed, 0.4));
  const std::vector<RunFile> runs = {run};
  EXPECT_THAT(remarks_of(runs), remark("F807", "with 6 pairs and 3 lines to test, p (Holm) cannot go below 0.094"));
}

TEST(Fairness, SaysWhoHasFewerClusters) {
  EXPECT_THAT(remarks_after([](FileRow& row) {
                if (row.seed == 2) row.metrics["kmeans.clusters"] = 7;
              }),
              remark("F810", "mini seed 2: 7 of 10"));
}

TEST(Fairness, SaysWhoseNumbersAreNoneOrCopies) {
  EXPECT_THAT(remarks_after([](FileRow& row) {
                if (row.seed == 2) row.metrics["quality.nmi"] = std::numeric_limits<double>::quiet_NaN();
              }),
              remark("F812", "mini has no finite 'quality.nmi' for seed 2"));
  std::vector<RunFile> runs = {two_backends(6)};
  for (FileRow& row : runs[0].rows)
    row.nodes.push_back(FileNode{.name = "quality", .use = "metric/clustering", .key = row.settings[0].second});
  EXPECT_THAT(remarks_of(runs), remark("F815", "mini (5 left out)"));
}

TEST(Fairness, SaysThatVersionsAndPlacesDiffer) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].isolated = true; }),
              remark("F814", "within the program (ours), in a process of its own, cold each time (mini)"));
  std::vector<RunFile> runs = {two_backends(6), two_backends(6)};
  runs[1].folder = "/runs/toy/two";
  runs[1].circumstances.program = "0.2";
  EXPECT_THAT(remarks_of(runs), remark("F813", "0.2 (two ours, two mini)"));
}

TEST(Fairness, SaysWhichRowsFailedOnceForEachReason) {
  const auto remarks = remarks_after([](FileRow& row) {
    row.status = row.seed == 5 ? "skipped" : "failed";
    row.error = row.seed == 5 ? "" : "kmeans: out of memory";
  });
  EXPECT_THAT(remarks, remark("R601", "mini lost seeds 0, 1, 2, 3, 4 (failed): kmeans: out of memory"));
  EXPECT_THAT(remarks, remark("R601", "mini lost seed 5 (skipped)"));
}

TEST(Fairness, SaysHowTimesWereTaken) {
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].status = "reused"; }), remark("F808", "mini seed 0"));
  EXPECT_THAT(remarks_after([](FileRow& row) { row.nodes[0].status = "stored"; }), remark("F808", "earlier session"));
  std::vector<RunFile> runs = {two_backends(6)};
  runs[0].circumstances.bench = 0;
  EXPECT_THAT(remarks_of(runs), remark("F811", "timed once"));
}

}  // namespace
}  // namespace shoal::host
