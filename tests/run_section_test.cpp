// `run:` and `compare:` of an experiment, timeouts, and -m with cases, through the whole program.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/results.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDeal = R"(shoal: 1
name: deal
run: {timeout: 600}
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
matrix:
  deal.fault: [wait, none]
report: [share]
)";

TEST(Timeouts, StopTheNodesOfAnExperimentThatLook) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const Outcome outcome = place.shoal(
      "run deal.yaml '~matrix.deal.fault' 'matrix.case={waits: {deal.fault: wait}, none: {deal.timeout: 600}}' "
      "run.timeout=1.5 --no-cache --out run");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("deal.yaml:6:3: error[R602]: node 'deal', in clusterer/toy-deal 0.1.0: it "
                                           "was not done after 1.5 seconds, its timeout, and has stopped"),
                                 HasSubstr("in row 1 of 2: case=waits seed 0")));
  const json rows = results_in(place.folder() / "run")["rows"];
  EXPECT_EQ(rows[0]["status"], "failed");
  EXPECT_EQ(rows[1]["status"], "done");
  EXPECT_EQ(rows[1]["metrics"]["share.share"], 1.0);
}

TEST(Timeouts, OfTheCommandLineWinAndOfANodeMore) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const std::string wait = "run deal.yaml deal.fault=wait --no-cache ";
  EXPECT_THAT(place.shoal(wait + "--timeout 0.5 --out a").err, HasSubstr("not done after 0.5 seconds"));
  EXPECT_THAT(place.shoal(wait + "--timeout 60 deal.isolate=none deal.timeout=0.4 --out b").err,
              HasSubstr("not done after 0.4 seconds, its timeout, and has stopped"));
  EXPECT_THAT(place.shoal(wait + "run.timeout=0.3 --out c").err, HasSubstr("not done after 0.3 seconds"));
  EXPECT_THAT(place.shoal(wait + "run.timeout=1.5 deal.isolate=process --out d").err,
              HasSubstr("not done after 1.5 seconds, its timeout, and its process was ended"));
}

TEST(Timeouts, SayWhatTookNoNotice) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const Outcome outcome =
      place.shoal("run deal.yaml deal.fault=slow run.timeout=1.5 --out run");  // sleeps for four seconds
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("error[R602]"), HasSubstr("it was done after "),
                                 HasSubstr("it was asked to stop and took no notice, and its result is not used")));
  const Outcome again = place.shoal("run deal.yaml deal.fault=slow --out again");
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(results_in(place.folder() / "again")["rows"][0]["nodes"][0]["status"], "ran");  // it was not kept
}

TEST(RunSection, ChangesNoKey) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  ASSERT_EQ(place.shoal("run deal.yaml deal.fault=none --out a").exit, 0);
  const Outcome other = place.shoal(
      "run deal.yaml deal.fault=none 'run={jobs: 2, fail_fast: true, checkpoint_every: 0, timeout: 700}' --out b");
  ASSERT_EQ(other.exit, 0) << other.err;
  EXPECT_THAT(other.out, HasSubstr("2 of 2 node runs taken from the store"));
}

TEST(RunSection, FailsFastUnlessToldToKeepGoing) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const std::string command = "run deal.yaml 'matrix.deal.fault=[throw, none]' run.fail_fast=true --no-cache ";
  ASSERT_EQ(place.shoal(command + "--out a").exit, 2);
  EXPECT_EQ(results_in(place.folder() / "a")["rows"][1]["status"], "skipped");
  EXPECT_EQ(results_in(place.folder() / "a")["rows"][1]["nodes"][0]["status"], "skipped");
  ASSERT_EQ(place.shoal(command + "--keep-going --out b").exit, 2);
  EXPECT_EQ(results_in(place.folder() / "b")["rows"][1]["nodes"][0]["status"], "ran");
  EXPECT_EQ(place.shoal(command + "--keep-going --fail-fast --out c").exit, 1);
}

TEST(RunSection, SaysWhereItsJobsAreNotStarted) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const Outcome alone = place.shoal("run deal.yaml deal.fault=none run.jobs=2 --no-cache --out a");
  EXPECT_EQ(alone.exit, 0);
  EXPECT_THAT(alone.err, HasSubstr("2 jobs are written, but one process works with --no-cache"));
  EXPECT_THAT(place.shoal("run deal.yaml deal.fault=none run.jobs=2 --jobs 1 --out b").err, Not(HasSubstr("jobs")));
}

TEST(RunSection, EndsJobsThatHoldMoreMemoryThanTheyMay) {
  const Workplace place;
  place.write("deal.yaml", kDeal);
  const std::string rows = "run deal.yaml 'matrix.deal.fault=[slow, none]' --seeds 2 run.timeout=60 ";
  const Outcome few = place.shoal(rows + "--jobs 3 --memory 40M --out few");  // less than one of them
  EXPECT_EQ(few.exit, 0) << few.err;
  EXPECT_THAT(few.err, AllOf(HasSubstr("3 processes held"), HasSubstr("more than the 40 MB that they may (--memory)"),
                             HasSubstr("2 processes held")));
  for (const json& row : results_in(place.folder() / "few")["rows"]) EXPECT_EQ(row["status"], "done");
  EXPECT_THAT(read_file(place.folder() / "few" / "log.txt"), HasSubstr("3 processes held"));
  const Outcome enough = place.shoal(rows + "deal.k=1 --jobs 3 run.memory=1T --out enough");
  EXPECT_EQ(enough.exit, 0) << enough.err;
  EXPECT_THAT(enough.err, AllOf(Not(HasSubstr("held")), Not(HasSubstr("nothing to do"))));
  EXPECT_THAT(place.shoal("check deal.yaml run.memory=8GB").err, HasSubstr("'memory' wants a size, got text \"8GB\""));
  EXPECT_THAT(place.shoal("run deal.yaml deal.fault=none --memory 8 --out a").err, HasSubstr("as in 8G; got '8'"));
  EXPECT_THAT(place.shoal("run deal.yaml deal.fault=none --memory 8G --out b").err,
              HasSubstr("--memory has nothing to do: it ends processes of --jobs, and there is one"));
  EXPECT_THAT(place.shoal("run deal.yaml deal.fault=none run.memory=8G --out c").err,
              HasSubstr(": memory has nothing to do: it ends processes of jobs, and there is one"));
  EXPECT_THAT(place.shoal("run deal.yaml deal.fault=none run.memory=8G --jobs 2 --out d").err,
              Not(HasSubstr("nothing to do")));
}

constexpr const char* kCompared = R"(shoal: 1
name: compared
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
matrix:
  how: {two: {deal.k: 2}, three: {deal.k: 3}, one: {deal.k: 1}}
  exclude: [{how: one}]
report: [share]
compare: {baseline: {how: three}, metrics: [deal.inertia, share.share]}
)";

TEST(CompareSection, ChoosesBaselineAndMetricsOfTheTable) {
  const Workplace place;
  place.write("compared.yaml", kCompared);
  ASSERT_EQ(place.shoal("run compared.yaml --out run").exit, 0);
  EXPECT_EQ(results_in(place.folder() / "run")["compare"],
            json::parse(R"({"baseline": {"how": "three"}, "metrics": ["deal.inertia", "share.share"]})"));
  const json table = json::parse(place.shoal("compare run --format json").out);
  EXPECT_EQ(table["baseline"], "how three");
  EXPECT_THAT(place.shoal("compare run").out, AllOf(HasSubstr("deal.inertia"), HasSubstr("share.share")));
  EXPECT_EQ(json::parse(place.shoal("compare run --baseline how=two --format json").out)["baseline"], "how two");
  EXPECT_THAT(place.shoal("compare run --metrics share.share").out, Not(HasSubstr("deal.inertia")));
  // resolved.yaml gives the same run, its comparison included.
  ASSERT_EQ(place.shoal("run run/resolved.yaml --out again").exit, 0);
  EXPECT_EQ(results_in(place.folder() / "again")["compare"], results_in(place.folder() / "run")["compare"]);
}

TEST(CompareSection, GoesWithoutABaselineThatTheCommandLineTookAway) {
  const Workplace place;
  place.write("compared.yaml", kCompared);
  const Outcome outcome = place.shoal("run compared.yaml how=two --out run");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("axis 'how' has no three now, so that there is not this baseline"));
  EXPECT_FALSE(results_in(place.folder() / "run")["compare"].contains("baseline"));
}

TEST(MatrixOption, PicksCasesOfANamedAxis) {
  const Workplace place;
  place.write("compared.yaml", kCompared);
  const Outcome picked = place.shoal("run compared.yaml -m how=three,two -m data.count=6,8 --strict --out run");
  ASSERT_EQ(picked.exit, 0) << picked.err;
  const json rows = results_in(place.folder() / "run")["rows"];
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0]["settings"], json::parse(R"({"how": "three", "data.count": "6"})"));
  EXPECT_EQ(rows[3]["settings"], json::parse(R"({"how": "two", "data.count": "8"})"));
  const Outcome again = place.shoal("run run/resolved.yaml --strict --out again");  // what was excluded is not there
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(results_in(place.folder() / "again")["rows"].size(), 4u);

  const Outcome wrong = place.shoal("check compared.yaml -m how=two,tree -m hwo=two");
  EXPECT_EQ(wrong.exit, 1);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("command line:1:9: error[M502]: axis 'how' has no case 'tree'; did you mean "
                                         "'three'?"),
                               HasSubstr("cases: two, three, one"),
                               HasSubstr("command line:2:1: error[M501]: there is no axis 'hwo' in the file; did you "
                                         "mean 'how'?")));
}

}  // namespace
}  // namespace shoal::tests
