#include "framework/report/comparison.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "framework/report/compare_testing.h"
#include "framework/report/comparison_table.h"
#include "framework/report/run_file.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::compared_row;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;
using testing::two_backends;

TEST(Comparison, PutsTheSeedsOfASettingOnOneLineAndShowsWhatDiffers) {
  const std::vector<RunFile> runs = {two_backends(3)};
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.columns, ElementsAre("backend"));
  ASSERT_THAT(found.equal, SizeIs(1));
  EXPECT_EQ(found.equal[0], (std::pair<std::string, std::string>("k", "10")));
  ASSERT_THAT(found.settings, SizeIs(2));
  EXPECT_THAT(found.settings[0].seeds, ElementsAre(0, 1, 2));
  EXPECT_THAT(found.settings[1].metrics[0].values, ElementsAre(DoubleEq(0.4), DoubleEq(0.21), DoubleEq(0.42)));
  EXPECT_THAT(found.metrics, ElementsAre("quality.nmi", "kmeans.inertia"));
}

TEST(Comparison, PairsBySeed) {
  const std::vector<RunFile> runs = {two_backends(3)};
  const Comparison found = compare(runs, {});
  EXPECT_EQ(found.baseline, "backend ours");
  EXPECT_TRUE(found.settings[0].is_baseline);
  ASSERT_TRUE(found.settings[1].metrics[0].against.has_value());
  const Paired& against = *found.settings[1].metrics[0].against;
  EXPECT_NEAR(against.mean, -(0.1 + 0.3 + 0.1) / 3, 1e-12);
  EXPECT_EQ(against.losses, 3u);
  EXPECT_EQ(found.settings[1].metrics[1].against->losses, 3u);  // inertia, lower is better, is higher by as much
  EXPECT_DOUBLE_EQ(*found.settings[1].times[0].ratio, 0.25);
}

TEST(Comparison, MeasuresEachLineAgainstTheBaselineOfItsOtherLabels) {
  RunFile run = two_backends(1);
  run.rows.push_back(compared_row("ours", "100", 0, 0.7));
  run.rows.push_back(compared_row("mini", "100", 0, 0.9));
  const std::vector<RunFile> runs = {run};
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.columns, ElementsAre("backend", "k"));
  EXPECT_NEAR(found.settings[1].metrics[0].against->mean, 0.4 - 0.5, 1e-12);
  EXPECT_NEAR(found.settings[3].metrics[0].against->mean, 0.9 - 0.7, 1e-12);
  const Comparison by_k = compare(runs, {.baseline = {"k=100"}});
  EXPECT_NEAR(by_k.settings[1].metrics[0].against->mean, 0.4 - 0.9, 1e-12);
  EXPECT_FALSE(compare(runs, {.baseline = {"none"}}).settings[1].metrics[0].against.has_value());
}

TEST(Comparison, LeavesOutRowsThatFailedAndSaysSo) {
  RunFile run = two_backends(3);
  run.rows[4].status = "failed";
  run.rows[4].error = "kmeans: centroids hold NaN at row 18";
  const std::vector<RunFile> runs = {run};
  const Comparison found = compare(runs, {});
  EXPECT_EQ(found.settings[1].done, 2u);
  EXPECT_EQ(found.settings[1].planned, 3u);
  EXPECT_EQ(found.settings[1].metrics[0].against->pairs, 2u);
  EXPECT_THAT(
      render(found, table_of(found), TableFormat::text),
      AllOf(HasSubstr("2/3"), HasSubstr("R601: mini lost seed 1 (failed): kmeans: centroids hold NaN at row 18")));
}

TEST(Comparison, IgnoresWhatIsNotFinite) {
  RunFile run = two_backends(2);
  run.rows[3].metrics["quality.nmi"] = std::numeric_limits<double>::quiet_NaN();
  const std::vector<RunFile> runs = {run};
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.settings[1].metrics[0].values, SizeIs(1));
  EXPECT_THAT(found.settings[1].metrics[0].not_finite, ElementsAre(1));
}

TEST(Comparison, ShowsNoTimeThatAllLinesShare) {
  RunFile run = two_backends(2);
  for (FileRow& row : run.rows) {
    row.nodes[0].key = row.settings[0].second + std::to_string(row.seed);
    row.nodes.push_back(
        {.name = "start", .use = "clusterer/kmeans", .key = std::to_string(row.seed), .fit_seconds = {1}});
  }
  const std::vector<RunFile> runs = {run};
  EXPECT_THAT(compare(runs, {}).timed, ElementsAre("kmeans"));
}

TEST(Comparison, CountsAComputationThatSeedsShareOnce) {
  RunFile run = two_backends(6);
  for (FileRow& row : run.rows) {
    FileNode quality{.name = "quality", .use = "metric/clustering", .key = row.settings[0].second};  // the same for all
    row.nodes.push_back(quality);
  }
  const std::vector<RunFile> runs = {run};
  const Comparison found = compare(runs, {});
  EXPECT_EQ(found.settings[1].metrics[0].against->pairs, 1u);
  EXPECT_EQ(found.settings[1].metrics[0].copies, 5u);
}

TEST(Comparison, JoinsRunsOfOtherSeedsAndTellsRunsOfTheSameApart) {
  std::vector<RunFile> runs = {two_backends(2), two_backends(2)};
  runs[1].folder = "/runs/toy/two";
  for (FileRow& row : runs[1].rows) row.seed += 10;
  EXPECT_THAT(compare(runs, {}).settings, SizeIs(2));
  EXPECT_THAT(compare(runs, {}).settings[0].seeds, ElementsAre(0, 1, 10, 11));
  for (FileRow& row : runs[1].rows) row.seed -= 10;
  const Comparison apart = compare(runs, {});
  EXPECT_THAT(apart.columns, ElementsAre("run", "backend"));
  EXPECT_THAT(apart.settings, SizeIs(4));
}

TEST(Comparison, ShowsWhatWasChangedBetweenRuns) {
  std::vector<RunFile> runs = {two_backends(1), two_backends(1)};
  runs[1].folder = "/runs/toy/two";
  for (FileRow& row : runs[1].rows) row.nodes[0].parameters["max_iter"] = "300";
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.columns, ElementsAre("backend", "kmeans.max_iter"));
  EXPECT_THAT(found.settings[2].labels, ElementsAre("ours", "300"));
}

TEST(Comparison, ShowsWhatWasChangedUnderTheSameLabel) {
  std::vector<RunFile> runs = {two_backends(1), two_backends(1)};
  runs[1].folder = "/runs/toy/two";
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t i = 0; i < 2; ++i) {
      runs[r].rows[i].seed = static_cast<std::int64_t>(r);  // or a column `run` would show it
      runs[r].rows[i].nodes[0].parameters["k"] = std::to_string(r == 0 ? 4 + i : 40 + i);
    }
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.columns, ElementsAre("backend", "kmeans.k"));
  EXPECT_THAT(found.settings, SizeIs(4));
}

TEST(Comparison, TellsRunsOfOneNameApartAndRefusesOneTwice) {
  std::vector<RunFile> runs = {two_backends(1), two_backends(1)};
  EXPECT_THAT([&] { compare(runs, {}); }, ThrowsMessage<std::runtime_error>(HasSubstr("/runs/toy/one is named twice")));
  runs[1].folder = "/runs/other/one";
  const Comparison found = compare(runs, {});
  EXPECT_THAT(found.columns, ElementsAre("run", "backend"));
  EXPECT_EQ(found.settings[0].labels[0], "toy/one");
  EXPECT_EQ(found.settings[2].labels[0], "other/one");
}

TEST(Comparison, PutsExperimentsThatNameThingsDifferentlySideBySide) {
  std::vector<RunFile> runs = {two_backends(1), two_backends(1)};
  runs[1].name = "other";
  runs[1].folder = "/runs/other/one";
  for (FileRow& row : runs[1].rows) row.metrics = {{"classes.nmi", 0.9}};
  runs[1].metrics = {"classes.nmi"};
  const Comparison found = compare(runs, {.metrics = {"NMI=quality.nmi|classes.nmi|after.nmi", "kmeans.inertia"}});
  EXPECT_THAT(found.columns, ElementsAre("experiment", "backend"));
  EXPECT_THAT(found.metrics, ElementsAre("NMI", "kmeans.inertia"));
  EXPECT_EQ(found.better[0], 1);
  EXPECT_THAT(found.settings[2].labels, ElementsAre("other", "ours"));
  EXPECT_THAT(found.settings[2].metrics[0].values, ElementsAre(0.9));
  EXPECT_THAT(found.settings[2].metrics[1].values, IsEmpty());
}

TEST(Comparison, KeepsOnlyTheRowsAskedFor) {
  const std::vector<RunFile> runs = {two_backends(2)};
  const Comparison found = compare(runs, {.where = {{"backend", "mini"}}});
  EXPECT_THAT(found.settings, SizeIs(1));
  EXPECT_THAT(found.columns, IsEmpty());
  EXPECT_EQ(found.baseline, "");
}

TEST(Comparison, SortsTheBestFirst) {
  const std::vector<RunFile> runs = {two_backends(2)};
  const Comparison by_inertia = compare(runs, {.sort = "kmeans.inertia"});  // lower is better: ours
  EXPECT_EQ(by_inertia.settings[0].labels[0], "ours");
  const Comparison by_name = compare(runs, {.sort = "backend"});
  EXPECT_EQ(by_name.settings[0].labels[0], "mini");
  EXPECT_EQ(by_name.settings[0].baseline, 1u);
  RunFile run = two_backends(0);
  for (const char* k : {"100", "9", "all", "10"}) run.rows.push_back(compared_row("ours", k, 0, 0.5));
  const std::vector<RunFile> of_k = {run};
  const Comparison by_number = compare(of_k, {.sort = "k"});
  EXPECT_EQ(by_number.settings[0].labels[0], "9");
  EXPECT_EQ(by_number.settings[2].labels[0], "100");
  EXPECT_EQ(by_number.settings[3].labels[0], "all");
}

TEST(Comparison, NamesWhatThereIsWhereSomethingIsNot) {
  const std::vector<RunFile> runs = {two_backends(1)};
  const auto message = [](const char* text) { return ThrowsMessage<std::runtime_error>(HasSubstr(text)); };
  EXPECT_THAT([&] { compare(runs, {.metrics = {"quality.mni"}}); }, message("did you mean 'quality.nmi'?"));
  EXPECT_THAT([&] { compare(runs, {.where = {{"bakend", "ours"}}}); }, message("did you mean 'backend'?"));
  EXPECT_THAT([&] { compare(runs, {.where = {{"backend", "our"}}}); }, message("did you mean 'ours'?"));
  EXPECT_THAT([&] { compare(runs, {.baseline = {"ours"}}); },
              message("a baseline is axis=label, for example backend=ours"));
  EXPECT_THAT([&] { compare(runs, {.sort = "speed"}); }, message("there are backend, quality.nmi, kmeans.inertia"));
  EXPECT_THAT([&] { pivot_of(compare(runs, {}), "k"); }, message("'k' is no column that differs; there are backend"));
}

TEST(Verdict, IsGivenFromSixPairsOn) {
  const auto words = [](std::int64_t seeds, double practical = 0) {
    const std::vector<RunFile> runs = {two_backends(seeds)};
    const Comparison comparison = compare(runs, {});
    return table_of(comparison, practical).lines[1];
  };
  EXPECT_THAT(words(5), ::testing::Contains("?"));
  EXPECT_THAT(words(6), ::testing::Contains("worse"));
  EXPECT_THAT(words(6, 0.5), ::testing::Contains("≈"));  // a mean of −0.13 is nothing to somebody who wants 0.5
}

TEST(Table, TurnsIntoEveryFormat) {
  RunFile run = two_backends(6);
  for (FileRow& row : run.rows)
    if (row.settings[0].second == "mini") row.settings[0].second = "mini_<b>|\"&\"";
  const std::vector<RunFile> runs = {run};
  const Comparison comparison = compare(runs, {});
  const Table table = table_of(comparison);
  EXPECT_THAT(
      render(comparison, table, TableFormat::text),
      AllOf(HasSubstr("quality.nmi ↑"), HasSubstr("Δ to backend ours"), HasSubstr("baseline"), HasSubstr("0–0–6"),
            HasSubstr("310 MB"), HasSubstr("data 6bbc9ace0123… (100, 4) float32 · 2 threads · one machine")));
  EXPECT_THAT(render(comparison, table, TableFormat::markdown), HasSubstr("| mini\\_\\<b>\\|\"&\" |"));
  EXPECT_THAT(render(comparison, table, TableFormat::latex),
              AllOf(HasSubstr("mini\\_<b>|\"\\&\""), HasSubstr("$\\Delta$ to"), HasSubstr("\\bottomrule")));
  EXPECT_THAT(render(comparison, table, TableFormat::html),
              AllOf(HasSubstr("mini_&lt;b&gt;|&quot;&amp;&quot;"), Not(HasSubstr("<b>|"))));
  EXPECT_THAT(render(comparison, table, TableFormat::csv), HasSubstr("\"mini_<b>|\"\"&\"\"\",6,6,"));
  const auto json = nlohmann::json::parse(to_json(comparison));
  EXPECT_EQ(json["settings"][1]["metrics"]["quality.nmi"]["against_baseline"]["losses"], 6);
  EXPECT_EQ(json["runs"][0]["folder"], "/runs/toy/one");
}

TEST(Table, PutsOneColumnAcross) {
  RunFile run = two_backends(1);
  run.rows.push_back(compared_row("ours", "100", 0, 0.7));
  const std::vector<RunFile> runs = {run};
  const Table table = pivot_of(compare(runs, {}), "k");
  EXPECT_THAT(table.head, ElementsAre("backend", "k 10", "k 100"));  // no ranks: a line lacks a label
  EXPECT_THAT(table.lines[0], ElementsAre("ours", "0.5", "0.7"));
  EXPECT_THAT(table.lines[1], ElementsAre("mini", "0.4", "–"));
}

TEST(Table, RanksLinesOverDatasets) {
  RunFile run = two_backends(0);
  for (int data = 0; data < 6; ++data)
    for (const char* backend : {"ours", "mini"})
      run.rows.push_back(compared_row(backend, std::to_string(data), 0, backend[0] == 'o' ? 0.6 : 0.5 - 0.01 * data));
  const std::vector<RunFile> runs = {run};
  const Comparison comparison = compare(runs, {});
  const Table table = pivot_of(comparison, "k");
  EXPECT_THAT(std::vector<std::string>(table.head.end() - 2, table.head.end()),
              ElementsAre("mean rank", "p (Wilcoxon, Holm)"));
  EXPECT_THAT(std::vector<std::string>(table.lines[1].end() - 2, table.lines[1].end()), ElementsAre("2.00", "0.031"));
  EXPECT_THAT(render(comparison, table, TableFormat::text),
              HasSubstr("Friedman: that all 2 lines are alike over 6 labels of 'k': p = 0.014"));  // χ² = 6, one degree
}

TEST(Table, OfFiveHundredSettingsIsMadeInASecond) {
  RunFile run = two_backends(0);
  for (int k = 0; k < 250; ++k)
    for (const char* backend : {"ours", "mini"})
      for (std::int64_t seed = 0; seed < 5; ++seed)
        run.rows.push_back(
            compared_row(backend, std::to_string(k), seed, 0.5 + 0.001 * k + 0.01 * static_cast<double>(seed)));
  const std::vector<RunFile> runs = {run};
  const auto begin = std::chrono::steady_clock::now();
  const Comparison comparison = compare(runs, {});
  EXPECT_THAT(table_of(comparison).lines, SizeIs(500));
  // Not a matter of speed but of order: what grows with the square of the rows would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

class RunFileTest : public ::testing::Test {
 protected:
  RunFileTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~RunFileTest() override { fs::remove_all(folder_); }
  void write(const char* file, const std::string& text) { std::ofstream(folder_ / file) << text; }
  fs::path folder_ = fs::temp_directory_path() / ("shoal-run-file-test-" + std::to_string(getpid()));
};

constexpr const char* kResults = R"({"name": "toy", "started": "2026-11-27T00:00:00Z", "bench": 3, "axes": ["k"],
 "report": ["kmeans.inertia"], "better": {"kmeans.inertia": "lower"},
 "rows": [{"settings": {"k": "10"}, "seed": 4, "status": "done", "metrics": {"kmeans.inertia": 2.5, "kmeans.x": null},
           "seconds": 1.5, "peak_rss_bytes": 7, "nodes": [{"node": "kmeans", "component": "clusterer/kmeans",
           "status": "ran", "seconds": 1, "fit_seconds": [0.5, 0.25],
           "data": {"sha256": "0123456789abcdef", "shape": [100, 4], "dtype": "float32"}}]}]})";

TEST_F(RunFileTest, ReadsWhatARunLeft) {
  write("results.json", kResults);
  write("plan.json", R"({"axes": ["k"], "rows": [{"settings": {"k": "10"}, "seed": 4, "nodes": [
    {"node": "data", "use": "dataset/mnist"},
    {"node": "kmeans", "use": "clusterer/kmeans", "with": {"k": 10, "init": "random"}, "in": {"data": ["pca.features"]}}]}]})");
  write("environment.json", R"({"machine": {"cpu": "C", "processors": 2, "system": "S"}, "threads": 2, "device": "cpu",
    "shoal": {"version": "0.1.0", "toolchain": "gcc", "build": "Release"}})");
  const RunFile run = read_run(folder_);
  EXPECT_EQ(run.name, "toy");
  EXPECT_EQ(run.better.at("kmeans.inertia"), -1);
  ASSERT_THAT(run.rows, SizeIs(1));
  EXPECT_TRUE(std::isnan(run.rows[0].metrics.at("kmeans.x")));
  const FileNode* node = run.rows[0].find("kmeans");
  ASSERT_NE(node, nullptr);
  EXPECT_THAT(node->fit_seconds, ElementsAre(0.5, 0.25));
  EXPECT_EQ(node->data, "0123456789ab… (100, 4) float32");
  EXPECT_EQ(node->parameters.at("k"), "10");
  EXPECT_EQ(node->inputs.at("data"), "pca.features");
  EXPECT_EQ(run.circumstances.build, "Release");
  EXPECT_EQ(run.circumstances.bench, 3);
  EXPECT_EQ(read_run(folder_ / "results.json").rows.size(), 1u);
}

TEST_F(RunFileTest, ReadsAPlanWhoseRowsShareTasks) {
  nlohmann::json results = nlohmann::json::parse(kResults);
  results["rows"].push_back(results["rows"][0]);
  write("results.json", results.dump());
  const std::string tasks = R"({"node": "data", "use": "dataset/mnist", "key": "d"},
    {"node": "kmeans", "use": "clusterer/kmeans", "key": "a", "with": {"k": 10}, "in": {"data": ["data.features"]}},
    {"node": "score", "use": "metric/clustering", "key": "s"},
    {"node": "kmeans", "use": "clusterer/kmeans", "key": "b", "isolated": true, "with": {"k": 20}})";
  const auto plan = [&](const char* format, const char* second) {
    write("plan.json", std::string(R"({"format": )") + format + R"(, "axes": ["k"], "tasks": [)" + tasks +
                           R"(], "rows": [{"tasks": [[0, 2]]}, {"tasks": )" + second + "}]}");
  };
  plan("2", "[[0, 0], [3, 3], [2, 2]]");
  const RunFile run = read_run(folder_);
  ASSERT_THAT(run.rows, SizeIs(2));
  EXPECT_EQ(run.rows[0].find("kmeans")->parameters.at("k"), "10");
  EXPECT_EQ(run.rows[0].find("kmeans")->inputs.at("data"), "data.features");
  EXPECT_FALSE(run.rows[0].find("kmeans")->isolated);
  EXPECT_EQ(run.rows[1].find("kmeans")->parameters.at("k"), "20");
  EXPECT_EQ(run.rows[1].find("kmeans")->key, "b");
  EXPECT_TRUE(run.rows[1].find("kmeans")->isolated);
  for (const FileRow& row : run.rows) {
    EXPECT_EQ(row.find("data")->key, "d");
    EXPECT_EQ(row.find("score")->key, "s");
  }
  const auto refuses = [&](const char* text) {
    EXPECT_THAT([&] { read_run(folder_); }, ThrowsMessage<std::runtime_error>(HasSubstr(text)));
  };
  plan("2", "[[0, 4]]");
  refuses("plan.json is damaged: row 1 names task 4 of 4");
  plan("2", "[[3]]");
  refuses("plan.json is damaged");
  plan("3", "[[0, 2]]");
  refuses("plan.json: it is of format 3, this program knows up to 2");
}

TEST_F(RunFileTest, SaysWhichFileIsWrong) {
  const auto refuses = [&](const char* text) {
    EXPECT_THAT([&] { read_run(folder_); }, ThrowsMessage<std::runtime_error>(HasSubstr(text)));
  };
  refuses("holds no results.json: it is no run folder, or the run was stopped before its end");
  write("results.json", R"({"name": "toy")");
  refuses("results.json is damaged");
  write("results.json", R"({"name": 3})");
  refuses("results.json is no results.json of Shoal");
  write("results.json", kResults);
  write("environment.json", "[]");
  refuses("environment.json is damaged");
  EXPECT_THAT([&] { read_run(folder_ / "nowhere"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("there is no run folder")));
}

TEST_F(RunFileTest, ReadsTruncatedResultsWithoutHarm) {
  const std::string whole = kResults;
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    write("results.json", whole.substr(0, size));
    EXPECT_THROW(read_run(folder_), std::runtime_error) << size;
  }
}

}  // namespace
}  // namespace shoal::host
