#include "framework/report/page/page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "framework/report/page/chart.h"
#include "framework/report/page/elbow.h"
#include "framework/report/page/image_sheet.h"
#include "framework/report/page/page_testing.h"
#include "framework/report/page/projection.h"
#include "framework/report/quantity.h"

namespace shoal::host {
namespace {

using ::testing::ElementsAre;
using testing::HandmadeRun;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Charts without a Python: a page is made at once, and says so.
class Page : public ::testing::Test {
 protected:
  Page() { setenv("SHOAL_PYTHON", "/nowhere/python", 1); }
  ~Page() override { unsetenv("SHOAL_PYTHON"); }
  static std::string page_of(const HandmadeRun& run) { return make_page({read_run_data(run.folder())}); }
};

TEST_F(Page, ShowsHeadlineNumbersWithTheirSpread) {
  HandmadeRun run("one");
  run.add_row(nlohmann::ordered_json::object(), 0, 0.25);
  run.add_row(nlohmann::ordered_json::object(), 1, 0.75);
  const std::string page = page_of(run);
  EXPECT_THAT(page,
              HasSubstr("<dt>probe.accuracy ↑</dt><dd class=\"value\">0.50 ± 0.35</dd><dd class=\"n\">n = 2</dd>"));
  EXPECT_THAT(page, HasSubstr("<strong>Comparison</strong>: there is one setting"));
  EXPECT_THAT(page, HasSubstr("shoal run &#39;my file.yaml&#39;"));
  EXPECT_THAT(page, HasSubstr("href=\"#node-probe\""));
  EXPECT_THAT(page, HasSubstr("id=\"node-probe\""));
  EXPECT_THAT(page, HasSubstr("310 MB"));
}

TEST_F(Page, ComparesSettings) {
  HandmadeRun run("two");
  run.results["axes"] = {"k"};
  for (const int k : {10, 20})
    for (const int seed : {0, 1}) run.add_row({{"k", std::to_string(k)}}, seed, 0.01 * k + 0.1 * seed, k);
  const std::string page = page_of(run);
  EXPECT_THAT(page, HasSubstr("id=\"comparison\""));
  EXPECT_THAT(page, HasSubstr("<table class=\"sortable\">"));
  EXPECT_THAT(page, Not(HasSubstr("\"></th>")));  // no header without text: nobody could hear it
  EXPECT_THAT(page, Not(HasSubstr("<span></span></th>")));
  EXPECT_THAT(page, HasSubstr("F80"));  // few pairs are remarked on
}

TEST_F(Page, MarksTheElbow) {
  HandmadeRun run("sweep");
  run.results["axes"] = {"k"};
  for (const int k : {1, 2, 4, 8, 16}) run.add_row({{"k", std::to_string(k)}}, 0, 0.5, k);
  const std::string page = page_of(run);  // 100/k: from (1, 100) to (16, 6.25) the farthest from the chord is k = 4
  EXPECT_THAT(page, HasSubstr("Elbow: k = 4."));
  EXPECT_THAT(page, HasSubstr("4,25,0,0,1\\n"));  // in the chart's data
}

TEST_F(Page, DrawsNoElbowWhereThereIsNone) {
  HandmadeRun run("sweep");
  run.results["axes"] = {"k"};
  for (const int k : {1, 2, 4}) run.add_row({{"k", std::to_string(k)}}, 0, 0.5, k);
  const std::string page = page_of(run);  // of three points none is told apart
  EXPECT_THAT(page, HasSubstr("Elbow: none."));
  EXPECT_THAT(page, Not(HasSubstr("datum.elbow == 1")));  // an empty layer, of which Vega warns
}

TEST_F(Page, ShowsHostileTextAsText) {
  const std::string nasty = "</script><script>alert(\"x\")</script> 'ä' \xE2\x80\xA8" + std::string(500, 'w');
  HandmadeRun run("hostile");
  run.results["name"] = nasty;
  run.results["description"] = nasty;
  run.results["axes"] = {nasty};
  run.results["report"] = {nasty};
  run.environment["command"] = {nasty};
  for (const int k : {2, 3, 4, 5}) run.add_row({{nasty, nasty + std::to_string(k)}}, 0, 0.5, k);
  run.results["rows"][0]["status"] = "failed";
  run.results["rows"][0]["error"] = nasty;
  run.results["rows"][1]["metrics"][nasty] = 0.5;
  run.results["rows"][1]["nodes"][0]["node"] = nasty;
  run.plan["tasks"][1]["node"] = nasty;
  run.plan["tasks"][1]["with"][nasty] = nasty;
  std::string scalars;
  for (int step = 0; step < 3; ++step)
    for (int row = 1; row < 4; ++row)
      scalars +=
          nlohmann::json{{"row", row}, {"node", nasty}, {"name", nasty}, {"step", step}, {"value", step}}.dump() + "\n";
  run.write("metrics.jsonl", scalars);
  run.write("resolved.yaml", nasty);
  run.write("origins.json", nlohmann::json::array({{{"path", nasty}, {"value", nasty}, {"from", nasty}}}).dump());
  const std::string page = page_of(run);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)"));
  EXPECT_THAT(page, Not(HasSubstr("\xE2\x80\xA8\\")));  // nowhere in a program's data
}

TEST_F(Page, DrawsASeriesAsMeanAndBand) {
  HandmadeRun run("series");
  run.add_row(nlohmann::ordered_json::object(), 0, 0.5);
  run.add_row(nlohmann::ordered_json::object(), 1, 0.5);
  std::string scalars;
  for (int step = 0; step < 2; ++step)
    for (int row = 0; row < 2; ++row)  // 1 and 3: mean 2, sd √2
      scalars += fmt::format("{{\"row\":{},\"node\":\"learn\",\"name\":\"loss\",\"step\":{},\"value\":{}}}\n", row,
                             step, 1 + 2 * row);
  run.write("metrics.jsonl", scalars);
  const std::string page = page_of(run);
  EXPECT_THAT(page, HasSubstr("0,2,0.585786,3.41421,1.41,0\\n1,2,0.585786,3.41421,1.41,0\\n"));
  EXPECT_THAT(page, HasSubstr("bands: ± one standard deviation"));
}

TEST_F(Page, StaysBelowItsLimitAndSaysWhatIsGone) {
  HandmadeRun run("large");
  run.results["axes"] = {"k"};
  for (int row = 0; row < 200; ++row) run.add_row({{"k", std::to_string(row)}}, 0, 0.5, row + 1);
  std::string scalars;
  for (int series = 0; series < 30; ++series)
    for (int row = 0; row < 200; ++row)
      for (int step = 0; step < 60; ++step)
        scalars += fmt::format("{{\"row\":{},\"node\":\"learn\",\"name\":\"s{}\",\"step\":{},\"value\":{}}}\n", row,
                               series, step, std::sin(step * row));
  run.write("metrics.jsonl", scalars);
  run.write("resolved.yaml", std::string(20'000'000, 'x'));
  const std::string page = page_of(run);
  EXPECT_LE(page.size(), kPageBytes);
  EXPECT_THAT(page, HasSubstr("<strong>Curves of 6 series more</strong>"));
  EXPECT_THAT(page, HasSubstr("The first 400000 of 20000000 bytes of resolved.yaml."));
}

TEST_F(Page, LeavesOutASectionThatIsTooLarge) {
  HandmadeRun run("wide");
  run.add_row(nlohmann::ordered_json::object(), 0, 0.5);
  nlohmann::ordered_json origins = nlohmann::ordered_json::array();
  for (int i = 0; i < 2000; ++i)
    origins.push_back({{"path", "p" + std::to_string(i)}, {"value", std::string(5000, 'v')}, {"from", "here"}});
  run.write("origins.json", origins.dump());
  run.write("resolved.yaml", "name: wide\n");
  const std::string page = page_of(run);
  EXPECT_LE(page.size(), kPageBytes);
  EXPECT_THAT(page, HasSubstr("<strong>The experiment</strong>: with it the page would be larger than 10 MB"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"experiment\"")));
}

TEST_F(Page, SaysWhatIsDamaged) {
  HandmadeRun run("damaged");
  run.add_row(nlohmann::ordered_json::object(), 0, 0.5);
  run.write("metrics.jsonl",
            "{\"row\":0,\"node\":\"a\",\"name\":\"b\",\"step\":0,\"value\":1}\n{\"row\":0,\"no\n{\"row\":7,\"node\":"
            "\"a\",\"name\":\"b\",\"step\":0,\"value\":1}\n");
  run.write("origins.json", "[{");
  const std::string page = page_of(run);
  EXPECT_THAT(page, HasSubstr("metrics.jsonl: line 2 is no scalar of this run, nor are 1 others; passed over"));
  EXPECT_THAT(page, HasSubstr("origins.json is damaged"));
}

TEST_F(Page, PutsSeveralRunsOnOnePage) {
  HandmadeRun one("first"), two("second");
  for (HandmadeRun* run : {&one, &two}) {
    run->results["axes"] = {"k"};
    run->add_row({{"k", run == &one ? "1" : "2"}}, 0, 0.5);
  }
  const std::string page = make_page({read_run_data(one.folder()), read_run_data(two.folder())});
  EXPECT_THAT(page, HasSubstr("1. first"));
  EXPECT_THAT(page, HasSubstr("id=\"run-2-node-probe\""));
  EXPECT_THAT(page, HasSubstr("href=\"#run-2-node-probe\""));
  EXPECT_THROW(make_page({}), std::invalid_argument);
}

TEST(ScalarFile, ReadsAnyJsonAndKeepsWhatIsNotFinite) {
  HandmadeRun run("scalars");
  run.write("metrics.jsonl",
            "{\"row\":0,\"node\":\"a\",\"name\":\"b\",\"step\":0,\"value\":null}\n{ \"step\": 1, \"row\": 1, "
            "\"value\": 2, \"name\": \"\\u0062\", \"node\": \"a\" }\n");
  std::vector<std::string> damaged;
  const auto series = read_scalar_file(run.folder() / "metrics.jsonl", 2, damaged);
  EXPECT_THAT(damaged, IsEmpty());
  ASSERT_THAT(series, SizeIs(1));
  EXPECT_TRUE(std::isnan(series[0].rows[0][0].value));
  EXPECT_EQ(series[0].rows[1][0].step, 1);
  EXPECT_EQ(series[0].rows[1][0].value, 2);
}

TEST(Elbow, IsFarthestBelowTheChord) {
  // Scaled: (0, 0), (1/4, 0.8), (1/2, 0.9), (1, 1) down: differences 0.55 and 0.4.
  EXPECT_EQ(find_elbow({1, 2, 3, 5}, {20, 4, 2, 0}), 1);
  EXPECT_EQ(find_elbow({1, 2, 3, 4}, {4, 3, 2, 1}), std::nullopt);  // straight
  EXPECT_EQ(find_elbow({1, 2, 3, 4}, {1, 2, 3, 4}), std::nullopt);  // rises
  EXPECT_EQ(find_elbow({1, 2, 3}, {9, 1, 0}), std::nullopt);        // too few
}

TEST(Thinning, KeepsEndsAndExtremes) {
  std::vector<double> values(1000, 0);
  values[500] = 9;
  values[700] = -9;
  const auto kept = thin_to_extremes(values, 50);
  EXPECT_LE(kept.size(), 50);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  EXPECT_EQ(kept.front(), 0);
  EXPECT_EQ(kept.back(), 999);
  EXPECT_THAT(kept, ::testing::Contains(500));
  EXPECT_THAT(kept, ::testing::Contains(700));
  EXPECT_THAT(thin_to_extremes({1, 2, 3}, 50), ElementsAre(0, 1, 2));
}

TEST(Projection, FindsTheLineThatThePointsLieOn) {
  RowMatrix<double> rows(4, 3);
  rows << 0, 0, 5, 3, 4, 5, 6, 8, 5, 9, 12, 5;  // on a line, 5 apart
  const Projection found = project(rows);
  EXPECT_NEAR(found.explained, 1, 1e-12);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(std::abs(found.points(i + 1, 0) - found.points(i, 0)), 5, 1e-9);
  EXPECT_NEAR(found.points.col(1).cwiseAbs().maxCoeff(), 0, 1e-6);
  RowMatrix<double> wide = RowMatrix<double>::Zero(3, 50);  // fewer rows than columns: the other matrix of products
  wide(1, 7) = 2;
  wide(2, 9) = 4;
  const Projection other = project(wide);
  EXPECT_NEAR((other.points.row(1) - other.points.row(2)).norm(), std::sqrt(20.0), 1e-9);
}

TEST(ImageSheet, ScalesTilesDownByMeans) {
  ImageSheet sheet(2, 2, {1, 4, 4}, 2);
  std::vector<float> example(16, 0);
  example[0] = example[1] = example[4] = example[5] = 1;  // the upper left quarter
  sheet.put(1, example, 0, 1);
  EXPECT_EQ(sheet.width(), 4);
  EXPECT_EQ(sheet.height(), 2);
  const auto png = sheet.png();
  EXPECT_THAT(std::vector<std::uint8_t>(png.begin(), png.begin() + 4), ElementsAre(0x89, 'P', 'N', 'G'));
  EXPECT_THAT(sheet.data_uri(), ::testing::StartsWith("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_EQ(image_form({3, 8, 8})->channels, 3);
  EXPECT_FALSE(image_form({64}));
  EXPECT_FALSE(image_form({5, 8, 8}));
}

TEST(Quantity, ReadsLikeWords) {
  EXPECT_EQ(seconds_text(0.0123), "12 ms");
  EXPECT_EQ(seconds_text(3.42), "3.4 s");
  EXPECT_EQ(seconds_text(125), "2 min 5 s");
  EXPECT_EQ(seconds_text(11520), "3 h 12 min");
  EXPECT_EQ(bytes_text(310'000'000), "310 MB");
  EXPECT_EQ(bytes_text(0), "–");
  EXPECT_EQ(shortened("abcdefghij", 5), "ab…ij");
  EXPECT_EQ(shortened("ääää", 4), "ääää");
}

}  // namespace
}  // namespace shoal::host
