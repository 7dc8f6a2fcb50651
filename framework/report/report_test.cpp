// What a run leaves for its reader, from a record made by hand.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "framework/report/figures.h"
#include "framework/report/results.h"
#include "framework/report/summary.h"
#include "framework/report/vega_to_svg.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

RowRecord row(const std::string& k, std::int64_t seed, double acc) {
  RowRecord out;
  out.settings = {{"kmeans.k", k}};
  out.seed = seed;
  out.metrics = {{"probe.acc", acc, 0, true}, {"kmeans.inertia", 10 * acc, 0, false}};
  out.seconds = 1.5;
  out.peak_rss_bytes = 1 << 20;
  out.nodes = {{"probe", "trainer/linear-probe", "ran", 1.5}};
  return out;
}

RunRecord two_settings() {
  RunRecord out;
  out.name = "toy & co";
  out.axes = {"kmeans.k"};
  out.rows = {row("10", 0, 0.25), row("10", 1, 0.75), row("100", 0, 0.5), row("100", 1, 0.5)};
  out.scalars = {{0, "learn", "loss", 0, 2.0},
                 {0, "learn", "loss", 1, 1.0},
                 {1, "learn", "loss", 0, 3.0},
                 {1, "other", "loss", 0, 9.0}};
  return out;
}

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "figures");
  }
  ~ReportTest() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::temp_directory_path() / ("shoal-report-test-" + std::to_string(getpid()));
};

TEST(Summary, GivesTheStandardDeviationOfASample) {
  const auto [mean, sd] = mean_sd({1, 2, 3, 4});  // mean 2.5; squares 2.25 + .25 + .25 + 2.25 = 5, over 3
  EXPECT_DOUBLE_EQ(mean, 2.5);
  EXPECT_DOUBLE_EQ(sd, std::sqrt(5.0 / 3.0));
}

TEST(Summary, LetsTheStandardDeviationDecideTheDigits) {
  EXPECT_EQ(describe({0.98712, 0.98834}), "0.98773 ± 0.00086");
  EXPECT_EQ(describe({120, 180}), "150 ± 42");
  EXPECT_EQ(describe({0.5}), "0.5");
  EXPECT_EQ(describe(std::vector<double>(6, 0.9733333333333334)), "0.97333");  // its mean is rounded
  EXPECT_EQ(describe({}), "–");
}

TEST(Summary, PutsTheSeedsOfASettingOnOneLine) {
  const RunRecord record = two_settings();
  const auto settings = settings_of(record);
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(values_of(settings[0], "probe.acc"), ElementsAre(0.25, 0.75));
  EXPECT_THAT(headline_metrics(two_settings()), ElementsAre("probe.acc"));
  EXPECT_EQ(summary_table(two_settings()),
            "kmeans.k   done   probe.acc     seconds\n"
            "10         2/2    0.50 ± 0.35   3.0\n"
            "100        2/2    0.5           3.0\n");
}

TEST_F(ReportTest, WritesResultsThatReadBack) {
  RunRecord record = two_settings();
  record.rows[3].metrics[0].value = std::nan("");
  record.rows[3].status = RowStatus::failed;
  record.rows[3].error = "probe: out of memory";
  write_results(folder_, record);
  const json results = json::parse(read(folder_ / "results.json"));
  EXPECT_EQ(results["rows"][1]["metrics"]["probe.acc"], 0.75);
  EXPECT_EQ(results["rows"][1]["settings"]["kmeans.k"], "10");
  EXPECT_TRUE(results["rows"][3]["metrics"]["probe.acc"].is_null());
  EXPECT_EQ(results["rows"][3]["error"], "probe: out of memory");
  EXPECT_EQ(results["report"], json({"probe.acc"}));
  EXPECT_THAT(read(folder_ / "results.csv"),
              ::testing::StartsWith("kmeans.k,seed,status,probe.acc,kmeans.inertia,seconds,peak_rss_bytes\r\n"
                                    "10,0,done,0.25,2.5,1.5,1048576\r\n"));
}

TEST_F(ReportTest, ReplacesBytesThatAreNoText) {
  RunRecord record = two_settings();
  record.rows[0].error = "bad \xff byte";
  write_results(folder_, record);
  EXPECT_EQ(json::parse(read(folder_ / "results.json"))["rows"][0]["error"], "bad \xEF\xBF\xBD byte");
}

TEST(Summary, LeavesOutTheNumbersOfRowsThatFailed) {
  RunRecord record = two_settings();
  record.rows[0].status = RowStatus::failed;
  const auto settings = settings_of(record);
  EXPECT_THAT(values_of(settings[0], "probe.acc"), ElementsAre(0.75));
}

TEST(Figures, KeepQuantitiesApartWhereAnAxisColours) {
  const FigureRecord figure{"both", "", "kmeans.k", "kmeans.k", "", {"probe.acc", "kmeans.inertia"}};
  const json spec = json::parse(vega_lite(figure, two_settings()));
  EXPECT_EQ(spec["layer"][0]["encoding"]["detail"]["field"], "what");
}

TEST(Figures, LeaveOutWhatALogarithmCannotShow) {
  RunRecord record = two_settings();
  record.scalars[0].value = 0;
  const json spec = json::parse(vega_lite({"loss", "", "step", "", "log", {"learn.loss"}}, record));
  EXPECT_THAT(spec["data"]["values"], SizeIs(2));
}

TEST_F(ReportTest, QuotesCellsThatNeedIt) {
  RunRecord record = two_settings();
  record.rows[0].settings[0].second = "[8, \"16\"]";
  write_results(folder_, record);
  EXPECT_THAT(read(folder_ / "results.csv"), HasSubstr("\"[8, \"\"16\"\"]\",0,done"));
}

TEST(Figures, DrawASeriesOfEachRowOverItsSteps) {
  const FigureRecord figure{"loss", "", "step", "", "", {"learn.loss"}};
  const json spec = json::parse(vega_lite(figure, two_settings()));
  ASSERT_THAT(spec["data"]["values"], SizeIs(3));  // not that of the other node
  EXPECT_EQ(spec["data"]["values"][1], json({{"x", 1}, {"y", 1.0}, {"what", "learn.loss"}, {"row", 0}}));
  EXPECT_EQ(spec["mark"]["type"], "line");
}

TEST(Figures, DrawAMeanOverSeedsAndEachRun) {
  const FigureRecord figure{"acc", "Accuracy", "kmeans.k", "", "", {"probe.acc"}};
  const json spec = json::parse(vega_lite(figure, two_settings()));
  EXPECT_THAT(spec["data"]["values"], SizeIs(4));
  EXPECT_EQ(spec["layer"][0]["encoding"]["y"]["aggregate"], "mean");
  EXPECT_EQ(spec["layer"][1]["encoding"]["x"]["type"], "quantitative");
  EXPECT_EQ(spec["title"], "Accuracy");
}

TEST(Figures, ThinLongSeriesAndKeepTheirPeaks) {
  RunRecord record = two_settings();
  record.scalars.clear();
  for (std::int64_t step = 0; step < 50'000; ++step)
    record.scalars.push_back({0, "learn", "loss", step, step == 12'345 ? 100.0 : 1.0 + (step % 7) * 0.01});
  const json spec = json::parse(vega_lite({"loss", "", "step", "", "", {"learn.loss"}}, record));
  EXPECT_LE(spec["data"]["values"].size(), 2000u);
  double most = 0;
  for (const auto& point : spec["data"]["values"]) most = std::max(most, point["y"].get<double>());
  EXPECT_EQ(most, 100.0);
  EXPECT_THAT(spec["description"].get<std::string>(), HasSubstr("thinned"));
}

TEST(Figures, DrawBandsOverTheSeedsOfASetting) {
  const FigureRecord figure{"acc", "", "kmeans.k", "", "", {"probe.acc"}};
  const json spec = json::parse(vega_lite(figure, two_settings(), {.bands = true}));
  ASSERT_THAT(spec["data"]["values"], SizeIs(2));
  EXPECT_EQ(spec["data"]["values"][0]["y"], 0.5);  // of 0.25 and 0.75; their sd is √(2 · 0.25²)
  EXPECT_NEAR(spec["data"]["values"][0]["hi"].get<double>(), 0.5 + std::sqrt(0.125), 1e-12);
  EXPECT_EQ(spec["layer"][0]["mark"]["type"], "area");
  RunRecord record = two_settings();
  record.scalars.push_back({1, "learn", "loss", 1, 2.0});
  const json steps = json::parse(vega_lite({"loss", "", "step", "", "", {"learn.loss"}}, record, {.bands = true}));
  ASSERT_THAT(steps["data"]["values"], SizeIs(2));
  EXPECT_EQ(steps["data"]["values"][0]["y"], 2.5);  // 2 and 3
  EXPECT_EQ(steps["data"]["values"][1]["y"], 1.5);  // 1 and 2
}

TEST(Figures, DrawEveryMark) {
  const FigureRecord axis{"acc", "", "kmeans.k", "kmeans.k", "", {"probe.acc"}};
  const json bar = json::parse(vega_lite(axis, two_settings(), {.mark = "bar", .bands = true}));
  EXPECT_EQ(bar["layer"][0]["mark"]["type"], "bar");
  EXPECT_EQ(bar["layer"][1]["mark"]["type"], "rule");
  EXPECT_EQ(json::parse(vega_lite(axis, two_settings(), {.mark = "point"}))["mark"]["type"], "point");
  EXPECT_EQ(json::parse(vega_lite(axis, two_settings(), {.mark = "heat"}))["encoding"]["color"]["aggregate"], "mean");
  const json counts =
      json::parse(vega_lite({"acc", "", "", "", "", {"probe.acc"}}, two_settings(), {.mark = "histogram"}));
  EXPECT_EQ(counts["encoding"]["y"]["aggregate"], "count");
  EXPECT_THAT(counts["data"]["values"], SizeIs(4));
}

TEST(Figures, MakeAFigureForEachLabelOfAFacet) {
  const FigureRecord figure{"loss", "", "step", "", "", {"learn.loss"}};
  const json spec = json::parse(vega_lite(figure, two_settings(), {.facet = "kmeans.k"}));
  EXPECT_EQ(spec["facet"]["field"], "facet");
  EXPECT_EQ(spec["spec"]["mark"]["type"], "line");
  EXPECT_EQ(spec["data"]["values"][0]["facet"], "10");
}

TEST(Figures, LeaveOutWhatALogarithmOfXCannotShow) {
  const FigureRecord figure{"loss", "", "step", "", "", {"learn.loss"}};
  const json spec = json::parse(vega_lite(figure, two_settings(), {.x_scale = "log"}));
  ASSERT_THAT(spec["data"]["values"], SizeIs(1));  // step 1 of row 0; steps 0 have no place
  EXPECT_EQ(spec["encoding"]["x"]["scale"]["type"], "log");
}

TEST_F(ReportTest, SaysWhyThereIsNoSvg) {
  RunRecord record = two_settings();
  record.figures = {{"loss", "", "step", "", "", {"learn.loss"}}};
  setenv("SHOAL_PYTHON", "/nowhere/python", 1);
  const auto warnings = write_figures(folder_ / "figures", record);
  unsetenv("SHOAL_PYTHON");
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0], HasSubstr("/nowhere/python"));
  EXPECT_TRUE(fs::exists(folder_ / "figures" / "loss.vl.json"));
}

TEST_F(ReportTest, HandsAllFiguresToOnePython) {
  const fs::path python = folder_ / "python";  // stands for a Python: notes its arguments
  std::ofstream(python) << "#!/bin/sh\nshift 3\nfor f; do echo \"<svg/>\" > \"${f%.vl.json}.svg\"; done\n";
  fs::permissions(python, fs::perms::owner_all);
  RunRecord record = two_settings();
  record.figures = {{"a", "", "step", "", "", {"learn.loss"}}, {"b", "", "kmeans.k", "", "", {"probe.acc"}}};
  setenv("SHOAL_PYTHON", python.c_str(), 1);
  EXPECT_THAT(write_figures(folder_ / "figures", record), IsEmpty());
  unsetenv("SHOAL_PYTHON");
  EXPECT_EQ(read(folder_ / "figures" / "a.svg"), "<svg/>\n");
  EXPECT_EQ(read(folder_ / "figures" / "b.svg"), "<svg/>\n");
}

}  // namespace
}  // namespace shoal::host
