#include "framework/live/live_page.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "framework/live/now_section.h"
#include "framework/report/page/page_testing.h"

namespace shoal::host {
namespace {

using testing::HandmadeRun;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class LivePageTest : public ::testing::Test {
 protected:
  LivePageTest() {
    made_.plan["name"] = "climbing";
    made_.add_row(nlohmann::ordered_json::object(), 7, 0.5);
    folder_ = made_.folder_at_work();
  }
  void begin() const {
    made_.append(
        "events.jsonl",
        "{\"time\":1000,\"event\":\"run_begin\"}\n{\"time\":1000,\"event\":\"row_begin\",\"row\":0}\n"
        "{\"time\":1000,\"event\":\"node_begin\",\"row\":0,\"node\":\"probe\"}\n"
        "{\"time\":1000,\"event\":\"progress\",\"row\":0,\"node\":\"probe\",\"unit\":\"steps\",\"done\":0,\"total\":"
        "100}\n"
        "{\"time\":1010,\"event\":\"progress\",\"row\":0,\"node\":\"probe\",\"unit\":\"steps\",\"done\":20,"
        "\"total\":100}\n"
        "{\"time\":1010,\"event\":\"log\",\"row\":0,\"node\":\"probe\",\"level\":\"warning\",\"text\":\"<b>slow</"
        "b>\"}\n");
    made_.append("metrics.jsonl", "{\"row\":0,\"node\":\"probe\",\"name\":\"loss\",\"step\":20,\"value\":0.125}\n");
  }
  static nlohmann::json now(LivePage& page) { return nlohmann::json::parse(page.now(false, false)); }

  HandmadeRun made_{"live-page"};
  std::filesystem::path folder_;
};

TEST_F(LivePageTest, HasTheRunOnTopOfItsReport) {
  begin();
  LivePage page(folder_, {"/program/page.js?1"});
  const std::string html = page.html();
  EXPECT_THAT(html, HasSubstr("<main id=\"main\" tabindex=\"-1\"><section id=\"now\""));
  EXPECT_THAT(html, HasSubstr("The run is at work."));
  EXPECT_THAT(html, HasSubstr("<progress max=\"100\" value=\"20\" aria-label=\"probe\"></progress>"));
  EXPECT_THAT(html, HasSubstr("20 of 100 steps · 2/s · left 40 s"));  // 80 more at 2 a second
  EXPECT_THAT(html, HasSubstr("loss 0.125"));
  EXPECT_THAT(html, HasSubstr("probe: warning: &lt;b&gt;slow&lt;/b&gt;"));
  EXPECT_THAT(html, HasSubstr("</section><section id=\"results\""));
  EXPECT_THAT(html, HasSubstr("<h1>climbing</h1>"));
}

TEST_F(LivePageTest, SaysWhenThereIsANewerOne) {
  LivePage page(folder_, {});
  EXPECT_THAT(page.html(), HasSubstr("data-page=\"1\""));
  EXPECT_EQ(now(page)["page"], 1);
  begin();
  const nlohmann::json at_once = now(page);  // the top is new, what is below it not yet
  EXPECT_THAT(std::string(at_once["now"]), HasSubstr("20 of 100 steps"));
  EXPECT_EQ(at_once["page"], 1);
  EXPECT_EQ(at_once["report"], false);
}

TEST_F(LivePageTest, TellsATopByItself) {
  RunFollower run(folder_);
  EXPECT_THAT(now_section(run, 1000, 3), StartsWith("<section id=\"now\""));
  EXPECT_THAT(describe_state(run), StartsWith("Nothing has begun yet"));
  begin();
  run.read_on();
  const std::string top = now_section(run, 1065, 3);
  EXPECT_THAT(top, HasSubstr("data-page=\"3\""));
  EXPECT_THAT(top, HasSubstr("at work, 65 s"));
  made_.append(
      "events.jsonl",
      "{\"time\":1070,\"event\":\"node_end\",\"row\":0,\"node\":\"probe\",\"status\":\"failed\",\"seconds\":70,"
      "\"text\":\"no space\"}\n{\"time\":1071,\"event\":\"run_end\",\"status\":\"failed\",\"seconds\":71}\n");
  run.read_on();
  EXPECT_EQ(describe_state(run), "The run has ended, failed; its report is being written.");
  EXPECT_THAT(now_section(run, 2000, 3), HasSubstr("probe: error: no space"));
  EXPECT_THAT(now_section(run, 2000, 3), Not(HasSubstr("<progress")));
  EXPECT_THAT(now_section(run, 2000, 3), HasSubstr("71 s"));  // the clock stands
}

}  // namespace
}  // namespace shoal::host
