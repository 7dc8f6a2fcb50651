#include "framework/report/page/run_follower.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "framework/report/page/page.h"
#include "framework/report/page/page_testing.h"

namespace shoal::host {
namespace {

using testing::HandmadeRun;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Two rows as they are planned, and no results.
class AtWork : public ::testing::Test {
 protected:
  AtWork() {
    made_.plan["name"] = "climbing";
    made_.plan["report"] = {"probe.accuracy"};
    made_.plan["better"] = {{"probe.accuracy", "higher"}};
    made_.plan["axes"] = {"k"};
    for (const int k : {10, 20}) made_.add_row({{"k", std::to_string(k)}}, 0, 0.5, k);
    folder_ = made_.folder_at_work();
  }

  HandmadeRun made_{"at-work"};
  std::filesystem::path folder_;
};

TEST_F(AtWork, ARunIsReadAsItWasPlanned) {
  RunFollower follower(folder_);
  EXPECT_FALSE(follower.read_on());
  const RunFile& run = follower.run().file;
  EXPECT_FALSE(run.ended);
  EXPECT_EQ(run.name, "climbing");
  EXPECT_THAT(run.report, ::testing::ElementsAre("probe.accuracy"));
  EXPECT_EQ(run.better.at("probe.accuracy"), 1);
  ASSERT_EQ(run.rows.size(), 2u);
  EXPECT_EQ(run.rows[1].settings[0].second, "20");
  EXPECT_EQ(run.rows[1].status, "waiting");
  EXPECT_EQ(run.rows[1].find("probe")->parameters.at("k"), "20");
  EXPECT_EQ(run.circumstances.machine, "a cpu, 2 processors, Linux");
}

TEST_F(AtWork, WhatCameIsReadOnce) {
  RunFollower follower(folder_);
  const auto point = [](int step) {
    return fmt::format("{{\"row\":0,\"node\":\"probe\",\"name\":\"loss\",\"step\":{},\"value\":{}}}\n", step, step);
  };
  made_.append("metrics.jsonl", point(0) + point(1) + "{\"row\":0,\"node\":\"pro");  // the last is not whole yet
  EXPECT_TRUE(follower.read_on());
  ASSERT_EQ(follower.run().series.size(), 1u);
  EXPECT_EQ(follower.run().series[0].rows[0].size(), 2u);
  EXPECT_FALSE(follower.read_on());
  made_.append("metrics.jsonl", "be\",\"name\":\"loss\",\"step\":2,\"value\":9}\n");
  made_.append(
      "events.jsonl",
      "{\"time\":5,\"event\":\"row_begin\",\"row\":0}\n{\"time\":6,\"event\":\"node_begin\",\"row\":0,\"node\":"
      "\"probe\"}\n");
  EXPECT_TRUE(follower.read_on());
  EXPECT_EQ(follower.run().series[0].rows[0].back().value, 9);
  EXPECT_EQ(follower.run().file.rows[0].find("probe")->status, "at work");
  EXPECT_THAT(follower.run().damaged, IsEmpty());
  made_.append("events.jsonl", "{\n");
  EXPECT_TRUE(follower.read_on());
  EXPECT_THAT(follower.run().damaged,
              ::testing::ElementsAre("events.jsonl: 1 of its lines are no events; passed over"));
}

TEST_F(AtWork, ItsPageHasWhatIsThereAndAPlaceOnTop) {
  made_.append("events.jsonl",
               "{\"time\":5,\"event\":\"row_begin\",\"row\":0}\n"
               "{\"time\":6,\"event\":\"node_begin\",\"row\":0,\"node\":\"probe\"}\n"
               "{\"time\":7,\"event\":\"scalar\",\"row\":0,\"node\":\"probe\",\"name\":\"accuracy\",\"value\":0.25}\n"
               "{\"time\":8,\"event\":\"node_end\",\"row\":0,\"node\":\"probe\",\"status\":\"done\",\"seconds\":2}\n"
               "{\"time\":8,\"event\":\"row_end\",\"row\":0,\"status\":\"done\"}\n"
               "{\"time\":9,\"event\":\"row_begin\",\"row\":1}\n");
  made_.append("metrics.jsonl",
               "{\"row\":0,\"node\":\"probe\",\"name\":\"loss\",\"step\":0,\"value\":3}\n"
               "{\"row\":0,\"node\":\"probe\",\"name\":\"loss\",\"step\":1,\"value\":2}\n");
  RunFollower follower(folder_);
  follower.read_on();
  const PlacedPage page = make_placed_page({follower.run()}, {.stills = false, .programs = {"/a.js?1"}}, "top", "Top");
  EXPECT_EQ(page.html.substr(page.place).find("<section"), 0u);
  EXPECT_TRUE(page.html.substr(0, page.place).ends_with("<main id=\"main\" tabindex=\"-1\">"));
  EXPECT_THAT(page.html, HasSubstr("<li><a href=\"#top\">Top</a></li><li><a href=\"#results\">"));
  EXPECT_THAT(page.html, HasSubstr("<script src=\"/a.js?1\"></script></body>"));
  EXPECT_THAT(page.html, Not(HasSubstr("\"use strict\"")));  // nothing is in the page itself
  EXPECT_THAT(page.html, HasSubstr("2 rows, 1 over · 2.0 s · a cpu"));
  EXPECT_THAT(page.html, HasSubstr("1 of 1"));  // of k 10
  EXPECT_THAT(page.html, HasSubstr("<span>0.25</span>"));
  EXPECT_THAT(page.html, Not(HasSubstr("class=\"failed\"")));  // a row that waits has not failed
  EXPECT_THAT(page.html, HasSubstr("x,y,lo,hi,sd,s\\n0,3,3,3,0,0\\n1,2,2,2,0,0\\n"));
  EXPECT_THAT(page.html, HasSubstr("Not on this page, or not yet"));
}

TEST_F(AtWork, WithoutAPlanThereIsNothingToFollow) {
  std::filesystem::remove(folder_ / "plan.json");
  EXPECT_THROW(RunFollower{folder_}, std::runtime_error);
  made_.append("plan.json", "{\"format\":2,\"axes\":[],\"tasks\":[],\"rows\":[{}]}");
  EXPECT_THROW(RunFollower{folder_}, std::runtime_error);
}

}  // namespace
}  // namespace shoal::host
