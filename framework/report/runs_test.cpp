// shoal runs, show and diff over run folders written by hand.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/report/run_diff.h"
#include "framework/report/run_list.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class RunsTest : public ::testing::Test {
 protected:
  ~RunsTest() override { fs::remove_all(folder_); }

  static std::string row(const std::string& k, int seed, const std::string& nmi) {
    return R"({"settings": {"kmeans.k": ")" + k + R"("}, "seed": )" + std::to_string(seed) +
           R"(, "status": "done", "metrics": {"quality.nmi": )" + nmi +
           R"(, "kmeans.inertia": 8}, "seconds": 1.5, "peak_rss_bytes": 1000, "nodes": [
             {"node": "kmeans", "component": "clusterer/kmeans", "status": "ran", "seconds": 0.25},
             {"node": "data", "component": "dataset/mnist", "status": "reused", "seconds": 0}]})";
  }

  /// Writes a run of the rows given; `k` goes into its resolved.yaml.
  fs::path write(const std::string& name, const std::string& started, const std::string& rows,
                 const std::string& k = "10", const std::string& sha = "aaaaaaaaaaaaaaaa") const {
    const fs::path run = folder_ / name;
    fs::create_directories(run);
    std::ofstream(run / "results.json") << R"({"name": "toy", "started": ")" << started
                                        << R"(", "axes": ["kmeans.k"], "report": ["quality.nmi"], "rows": [)" << rows
                                        << "]}";
    std::ofstream(run / "resolved.yaml") << "shoal: 1\nname: toy\nnodes:\n  kmeans: {use: clusterer/kmeans, with: {k: "
                                         << k << ", tol: 1.0e-4}}\n";
    std::ofstream(run / "environment.json")
        << R"({"shoal": {"version": "0.1.0", "toolchain": "gcc"}, "machine": {"cpu": "c", "processors": 2, "system": "s"},
               "threads": 2, "device": "cpu", "plugins": [{"name": "kmeans", "version": "0.1.0", "sha256": ")"
        << sha << "\"}]}";
    return run;
  }

  fs::path folder_ = fs::temp_directory_path() / ("shoal-runs-test-" + std::to_string(getpid()));
};

TEST_F(RunsTest, ListsRunsOneLevelDownTheNewestLast) {
  write("toy/b", "2026-01-02T00:00:00Z", row("10", 0, "0.25") + "," + row("10", 1, "0.75"));
  write("toy/a", "2026-01-03T00:00:00Z", row("10", 0, "0.5"));
  fs::create_directory_symlink("a", folder_ / "toy/latest");
  const auto runs = list_runs(folder_);
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].folder.filename(), "b");
  EXPECT_EQ(runs[0].done, 2u);
  EXPECT_DOUBLE_EQ(runs[0].seconds, 3);
  EXPECT_THAT(runs[0].values, ElementsAre(0.25, 0.75));
  // 0.25 and 0.75: mean 0.5, deviation √(2·0.25²) = 0.35355
  EXPECT_THAT(runs_as_text(runs), AllOf(HasSubstr("2/2 done"), HasSubstr("quality.nmi"), HasSubstr("0.50 ± 0.35")));
  EXPECT_EQ(runs_as_json(runs)[1]["metric"]["mean"], 0.5);
  EXPECT_TRUE(runs_as_json(runs)[1]["metric"]["sd"].is_null());
}

TEST_F(RunsTest, SaysWhichFoldersCannotBeReadAndListsTheOthers) {
  write("toy/good", "2026-01-02T00:00:00Z", row("10", 0, "0.25"));
  std::ofstream(write("toy/torn", "", "") / "results.json") << R"({"name": "toy", "rows": [{)";
  fs::remove(write("toy/stopped", "", "") / "results.json");
  fs::create_directories(folder_ / "toy/something-else");
  const auto runs = list_runs(folder_);
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_THAT(runs_as_text(runs), AllOf(HasSubstr("1/1 done"), HasSubstr("torn/results.json is damaged"),
                                        HasSubstr("stopped holds no results.json")));
  EXPECT_THAT([&] { list_runs(folder_ / "nowhere"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("there is no folder")));
  EXPECT_EQ(runs_as_text({}), "no runs\n");
}

TEST_F(RunsTest, ShowsARunBySettings) {
  std::string failed = row("100", 0, "null");
  failed.replace(failed.find("\"done\""), 6, R"("failed", "error": "too few examples")");
  const RunFile run =
      read_run(write("run", "2026-01-02T00:00:00Z", row("10", 0, "0.25") + "," + row("10", 1, "0.75") + "," + failed));
  const auto settings = settings_of(run);
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(settings[0].values("quality.nmi"), ElementsAre(0.25, 0.75));
  EXPECT_THAT(settings[1].values("quality.nmi"), IsEmpty());
  const std::string text = show_as_text(run);
  EXPECT_THAT(text, AllOf(HasSubstr("kmeans.k 10  (2 of 2 rows done)"), HasSubstr("quality.nmi     0.50 ± 0.35"),
                          HasSubstr("kmeans.inertia  8\n"), HasSubstr("seed 0 failed: too few examples"),
                          HasSubstr("clusterer/kmeans"), HasSubstr("ran 3"), HasSubstr("0.750"), HasSubstr("2 threads"),
                          HasSubstr("resolved.yaml")));
  const auto json = show_as_json(run);
  EXPECT_EQ(json["settings"][0]["metrics"]["quality.nmi"]["mean"], 0.5);
  EXPECT_EQ(json["settings"][1]["rows"][0]["error"], "too few examples");
  EXPECT_EQ(json["nodes"][0]["seconds"], 0.75);  // three rows of 0.25
}

TEST_F(RunsTest, ComparesTwoRunsValueByValue) {
  const RunFile first = read_run(write("first", "", row("10", 0, "0.25"), "10"));
  const RunFile second = read_run(write("second", "", row("10", 0, "0.5"), "20", "bbbbbbbbbbbbbbbb"));
  const RunDifference found = diff_runs(first, second);
  ASSERT_THAT(found.values, SizeIs(1));
  EXPECT_EQ(found.values[0].what, "kmeans.k");
  EXPECT_EQ(found.values[0].first, "10");
  EXPECT_EQ(found.values[0].second, "20");
  ASSERT_THAT(found.environment, SizeIs(1));
  EXPECT_EQ(found.environment[0].what, "plugin kmeans");
  ASSERT_THAT(found.metrics, SizeIs(2));
  EXPECT_DOUBLE_EQ(found.metrics[0].difference().value(), 0.25);
  EXPECT_DOUBLE_EQ(found.metrics[1].difference().value(), 0);
  EXPECT_THAT(diff_as_text(found), AllOf(HasSubstr("kmeans.k  10  →  20"), HasSubstr("+0.25"), HasSubstr("same\n")));
  EXPECT_EQ(diff_as_json(found)["metrics"][0]["difference"], 0.25);
}

TEST_F(RunsTest, FindsNothingBetweenARunAndItself) {
  const RunFile run = read_run(write("run", "", row("10", 0, "0.25")));
  const RunDifference found = diff_runs(run, run);
  EXPECT_THAT(found.values, IsEmpty());
  EXPECT_THAT(found.environment, IsEmpty());
  EXPECT_THAT(diff_as_text(found), AllOf(HasSubstr("same experiment"), HasSubstr("same machine")));
}

TEST_F(RunsTest, TellsOfWhatOnlyOneRunHas) {
  const RunFile first = read_run(write("first", "", row("10", 0, "0.25")));
  const RunFile second = read_run(write("second", "", row("50", 0, "0.25")));
  std::ofstream(second.folder / "resolved.yaml", std::ios::app) << "  more: {use: metric/x}\nseed: 3\n";
  const RunDifference found = diff_runs(first, second);
  ASSERT_THAT(found.values, SizeIs(2));
  EXPECT_EQ(found.values[0].what, "more");
  EXPECT_EQ(found.values[0].first, std::nullopt);
  EXPECT_EQ(found.values[1].what, "seed");
  EXPECT_THAT(diff_as_text(found), HasSubstr("no settings in common"));
}

/// plan.json of rows of kmeans, each with the parameters given.
void write_plan(const fs::path& run, const std::vector<std::string>& with) {
  std::string tasks, rows;
  for (std::size_t i = 0; i < with.size(); ++i) {
    const std::string comma = i > 0 ? ", " : "", number = std::to_string(i);
    tasks += comma + R"({"node": "kmeans", "use": "clusterer/kmeans", "key": "key )" + number + R"(", "with": )" +
             with[i] + "}";
    rows += comma + R"({"settings": {}, "seed": 0, "tasks": [[)" + number + ", " + number + "]]}";
  }
  std::ofstream(run / "plan.json") << R"({"format": 2, "axes": [], "tasks": [)" << tasks << R"(], "rows": [)" << rows
                                   << "]}";
}

TEST_F(RunsTest, ComparesParametersWithTheirDefaultsInRowsOfTheSameSettings) {
  const fs::path a = write("first", "", row("10", 0, "0.25") + "," + row("20", 0, "0.25"), "10");
  const fs::path b = write("second", "", row("10", 0, "0.25") + "," + row("30", 0, "0.25"), "10");
  // Of a file that says a default and one that leaves it out, with the same effect; and a default that has changed.
  std::ofstream(b / "resolved.yaml") << "shoal: 1\nname: toy\nnodes:\n  kmeans: {use: clusterer/kmeans}\n";
  write_plan(a, {R"({"k": 10, "tol": 0.0001, "n_init": 1})", R"({"k": 20, "tol": 0.0001, "n_init": 1})"});
  write_plan(b, {R"({"k": 10, "tol": 0.0001, "n_init": 3})", R"({"k": 30, "tol": 0.5, "n_init": 3})"});
  const RunDifference found = diff_runs(read_run(a), read_run(b));
  ASSERT_THAT(found.values, SizeIs(1)) << diff_as_text(found);  // rows of k 20 and 30 have no other to be held against
  EXPECT_EQ(found.values[0].what, "kmeans.n_init");
  EXPECT_EQ(found.values[0].first, "1");
  EXPECT_EQ(found.values[0].second, "3");
}

TEST_F(RunsTest, ComparesTheParametersOfAllRowsWhereNoSettingsAreInCommon) {
  const fs::path a = write("first", "", row("10", 0, "0.25"), "10");
  const fs::path b = write("second", "", row("20", 0, "0.25") + "," + row("30", 0, "0.25"), "10");
  write_plan(a, {R"({"k": 10, "init": "random"})"});
  write_plan(b, {R"({"k": 20, "init": "random", "weight": 1})", R"({"k": 30, "init": "random", "weight": 1})"});
  const RunDifference found = diff_runs(read_run(a), read_run(b));
  ASSERT_THAT(found.values, SizeIs(2)) << diff_as_text(found);
  EXPECT_EQ(found.values[0].what, "kmeans.k");
  EXPECT_EQ(found.values[0].first, "10");
  EXPECT_EQ(found.values[0].second, "20 | 30");
  EXPECT_EQ(found.values[1].what, "kmeans.weight");
  EXPECT_EQ(found.values[1].first, std::nullopt);
}

TEST_F(RunsTest, SaysWhichFileOfARunIsDamaged) {
  const RunFile run = read_run(write("run", "", row("10", 0, "0.25")));
  std::ofstream(run.folder / "resolved.yaml") << "nodes: [";
  EXPECT_THAT([&] { diff_runs(run, run); }, ThrowsMessage<std::runtime_error>(HasSubstr("run/resolved.yaml")));
  fs::remove(run.folder / "resolved.yaml");
  EXPECT_THAT([&] { diff_runs(run, run); }, ThrowsMessage<std::runtime_error>(HasSubstr("cannot read")));
  std::ofstream(run.folder / "resolved.yaml") << "shoal: 1\n";
  std::ofstream(run.folder / "environment.json") << "{";
  EXPECT_THAT([&] { diff_runs(run, run); },
              ThrowsMessage<std::runtime_error>(HasSubstr("environment.json is damaged")));
}

}  // namespace
}  // namespace shoal::host
